// How components tell each other of what happens, without a round trip to Python.
//
// point {row: number|null, from}: the pointer is over this image; from the "map", the "gallery", the
// "inspector", the "cards", the "deck" or the "ribbon".
// open {row}: someone opens this image.
// drawn {from: "gallery"}: a new order's images are on the screen.

export function emit(name, detail) {
  window.dispatchEvent(new CustomEvent(`groupsight:${name}`, { detail }));
}

/** Calls the handler with each detail; gives back what ends it. */
export function listen(name, handler) {
  const heard = (event) => handler(event.detail);
  window.addEventListener(`groupsight:${name}`, heard);
  return () => window.removeEventListener(`groupsight:${name}`, heard);
}
