"""Folders on the computer that runs Groupsight: where to, how, and how far it is."""

import uuid
from pathlib import Path

import streamlit as st

from core.addresses import expand_home
from core.errors import CoreError
from core.export.export_folders import Link, write_folders
from core.export.export_plan import Written
from core.export.export_study import refuse_inside
from core.export.markup import count
from core.progress import Watch
from dashboard.access import has_login
from dashboard.downloads import Taken
from dashboard.jobs import Job, all_jobs
from dashboard.provenance import escape_markdown
from dashboard.roots import writable_roots
from dashboard.security import allowed_hosts, is_local
from dashboard.waiting import describe

_TARGET, _LINK, _JOB = "take target", "take link", "take job"
_LINKS = {
    Link.COPY: "copies",
    Link.HARD: "hard links",
    Link.SYM: "symbolic links",
}
_HELP = (
    "Copies are files of their own. A hard link is another name for the same file, on the same "
    "disk: whoever edits it edits the original. A symbolic link leads to where the original lies."
)
_MOST_TOLD = 20


def may_write() -> bool:
    """Whether only the owner of this machine sees the page: others would write on it, too.

    A name that was allowed or a login says that a proxy lets others in.
    """
    address = str(st.get_option("server.address") or "")
    return is_local(address) and not allowed_hosts() and not has_login()


def offer_folders(taken: Taken, *, keep_excluded: bool) -> None:
    """Ask for the folder, and write in the background."""
    job: Job | None = st.session_state.get(_JOB)
    works = job is not None and not job.finished
    st.text_input(
        "Into this folder", key=_TARGET, placeholder="/home/ada/sorted", disabled=works,
        help="A new folder, or an empty one. Nothing is overwritten, originals are only read.",
    )  # fmt: skip
    st.segmented_control(
        "As", list(_LINKS), default=Link.COPY, required=True, key=_LINK, disabled=works,
        format_func=_LINKS.__getitem__, help=_HELP, label_visibility="collapsed",
    )  # fmt: skip
    st.button(
        "Write the folders", type="primary", disabled=works, icon=":material/folder:",
        on_click=_begin, args=(taken, keep_excluded),
    )  # fmt: skip
    if job is None:
        return
    if works:
        _show_progress(job)
    else:
        _show_end(job)


def _begin(taken: Taken, keep_excluded: bool) -> None:
    """For the button.

    Where to and how are read now: who types a path and presses at once sends both in one go.
    """
    target, link = st.session_state[_TARGET], Link(st.session_state[_LINK])

    def work(watch: Watch) -> tuple[Written, str]:
        folder = _read_target(target)
        refuse_inside(taken.study, folder)
        placed, made_by = taken.place(keep_excluded=keep_excluded)
        written = write_folders(
            placed, folder, read=taken.study.read, made_by=made_by, link=link, watch=watch
        )
        return written, str(folder)

    st.session_state[_JOB] = all_jobs().run(("folders", uuid.uuid4()), work)


def _read_target(text: str) -> Path:
    """A folder by its whole path.

    Raises:
        CoreError: it is none, or lies where the page may not write.
    """
    text = text.strip()
    if not text:
        raise CoreError("no folder is named: give its whole path, such as /home/ada/sorted")
    folder = expand_home(text, "folder")
    if not folder.is_absolute():
        raise CoreError(f"{text!r} is no whole path: begin at the top, as in /home/ada/sorted")
    writable_roots().require(folder)
    return folder


@st.fragment(run_every=0.5)
def _show_progress(job: Job) -> None:
    if job.finished:
        st.rerun()
    progress = job.progress
    share = progress.done / progress.total if progress.total else 0.0
    st.progress(min(share, 1.0), text=describe(job))
    st.button("Stop", on_click=job.cancel, key="take stop", help="What is done is kept.")


def _show_end(job: Job) -> None:
    if job.error is not None:
        st.error(escape_markdown(job.error), icon=":material/error:")
        return
    if job.cancelled:
        st.info("Stopped. What is done is kept: the same folder goes on from there.")
        return
    written, folder = job.result
    st.success(f"{count(written.images, 'image')} in {escape_markdown(folder)}")
    if written.missing:
        told = [f"{file}: {reason}" for file, reason in written.missing[:_MOST_TOLD]]
        more = len(written.missing) - len(told)
        lines = [f"Left out: {count(len(written.missing), 'image')}", *told]
        lines += [f"and {more:,} more, named in making.json"] if more else []
        st.warning(escape_markdown("\n".join(lines)).replace("\n", "  \n"))
