"""For test_tidying.py: the dashboard in this process, a page that is used and closed, what is left.

python tests/closed_page.py FOLDER: prints as JSON how many sessions and selections there were while
the page was open, and how many after it had closed. Nothing here waits for a clock.
"""

import gc
import json
import os
import socket
import sys
import threading
import time
import weakref
from pathlib import Path

import numpy as np
import uvicorn
from load_session import Session
from load_study import make_study
from streamlit import config
from streamlit.runtime import Runtime

ADDRESS = "localhost"
N_IMAGES = 4
"""So few are laid out without UMAP, which takes seconds to load."""


def serve(app, port):
    server = uvicorn.Server(uvicorn.Config(app, host=ADDRESS, port=port, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.01)


def free_port():
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return probe.getsockname()[1]


def on_loop(work):
    """On the loop of the server, as the app itself does it."""
    done = threading.Event()
    found = []

    def run():
        found.append(work())
        done.set()

    Runtime.instance()._get_async_objs().eventloop.call_soon_threadsafe(run)
    done.wait()
    return found[0]


def main(folder):
    images, cache = make_study(folder, N_IMAGES, k=2)
    os.environ |= {"GROUPSIGHT_CACHE": str(cache), "GROUPSIGHT_ROOTS": json.dumps([str(folder)])}
    config.set_option("server.address", ADDRESS)
    from dashboard import app, selection, tidying  # noqa: PLC0415 - they read the environment

    made = []
    keep = selection.Desk._keep
    selection.Desk._keep = staticmethod(lambda one: (made.append(weakref.ref(one)), keep(one)))
    port = free_port()
    serve(app.app, port)

    def count():
        gc.collect()
        sessions = on_loop(lambda: len(Runtime.instance()._session_mgr.list_sessions()))
        return {"sessions": sessions, "selections": sum(one() is not None for one in made)}

    with Session(f"http://{ADDRESS}:{port}", source=images, weights="embedded", k=2) as session:
        session.open()
        session.lasso(np.arange(3))
        session.change_k(1)
        session.lasso(np.arange(2))
        used = count()
    while on_loop(Runtime.instance()._session_mgr.list_active_sessions):
        time.sleep(0.01)
    left = count()
    leavers = tidying.Leavers(grace=60)
    closed = [on_loop(lambda at=at: leavers.close(Runtime.instance(), at)) for at in (0, 59, 60)]
    print(json.dumps({"used": used, "left": left, "closed": closed, "after": count()}))  # noqa: T201 - the answer
    sys.stdout.flush()
    os._exit(0)  # threads of the server are still there


if __name__ == "__main__":
    main(Path(sys.argv[1]))
