// A component's part of the page: made once for its place, kept from draw to draw.

/**
 * What a module gives the loader. `make(parent)` makes a part with `update(data)` and `remove()`,
 * which tells Python by `tell(event, value)`; `about(data)` names what is shown, so that an answer
 * that comes late is known for one about something else.
 */
export function mountOnce(make, about = () => undefined) {
  const parts = new WeakMap();
  return ({ data, parentElement, setTriggerValue }) => {
    let part = parts.get(parentElement);
    if (!part) parts.set(parentElement, (part = make(parentElement)));
    part.tell = (event, value) => setTriggerValue(event, { of: about(data), ...value });
    part.update(data);
    return () => {
      parts.delete(parentElement);
      part.remove();
    };
  };
}

/**
 * The same for a part that first loads what it draws. An update may arrive while an earlier one still
 * loads: they are drawn one after the other by `draw(data, isLatest)`, whose second argument says
 * whether none has come since; what goes wrong is told to `fail(error)`.
 */
export function mountInTurn(make, about) {
  return mountOnce((parent) => drawInTurn(make(parent)), about);
}

function drawInTurn(part) {
  let work = Promise.resolve();
  let latest;
  part.update = (data) => {
    latest = data;
    work = work
      .then(() => part.draw(data, () => data === latest))
      .catch((error) => part.fail(error));
  };
  return part;
}
