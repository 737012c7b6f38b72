"""What a person decides about images and clusters, and the rows of the journal that say so."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from core.clusters.cluster_names import clean_name
from core.errors import CoreError
from core.journal.portraits import Portrait


class Kind(StrEnum):
    """What was decided, as the journal spells it."""

    KEEP = "keep"
    MOVE = "move"
    EXCLUDE = "exclude"
    INCLUDE = "include"
    TAG = "tag"
    UNTAG = "untag"
    NAME_CLUSTER = "name cluster"
    TAG_CLUSTER = "tag cluster"
    UNTAG_CLUSTER = "untag cluster"
    UNDO = "undo"
    REDO = "redo"


PLACEMENTS = frozenset({Kind.KEEP, Kind.MOVE})
EXCLUSIONS = frozenset({Kind.EXCLUDE, Kind.INCLUDE})
TAGS = frozenset({Kind.TAG, Kind.UNTAG})
CLUSTER_TAGS = frozenset({Kind.TAG_CLUSTER, Kind.UNTAG_CLUSTER})
OF_CLUSTERS = CLUSTER_TAGS | {Kind.NAME_CLUSTER}
OF_IMAGES = PLACEMENTS | EXCLUSIONS | TAGS
RETURNS = frozenset({Kind.UNDO, Kind.REDO})


@dataclass(frozen=True, slots=True)
class Handmade:
    """A cluster that a person made: it holds the images that were moved into it."""

    key: str

    def describe(self) -> str:
        """In words."""
        return f"the new cluster {self.key.removeprefix('new-')}"


Cluster = Portrait | Handmade
"""What a decision says of a cluster: what it was, or which of those made by hand it is."""

Subject = tuple[str, ...]


def make_cluster() -> Handmade:
    """A new cluster, as yet without images."""
    return Handmade(f"new-{secrets.token_hex(4)}")


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that a person decided.

    Attributes:
        kind: what.
        image: the id of the image that it is about, if it is about one.
        origin: the cluster in which the image was.
        target: the cluster in which it belongs; or the one that is named or tagged.
        text: a name or a tag: one clean line.
        undoes: what an undo takes back, or a redo restores: the `action` of its rows.

    Raises:
        CoreError: something is missing.
    """

    kind: Kind
    image: str | None = None
    origin: Cluster | None = None
    target: Cluster | None = None
    text: str = ""
    undoes: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean_name(self.text))
        about_clusters = self.kind in PLACEMENTS | OF_CLUSTERS
        needs = {
            "image": self.kind in OF_IMAGES and not self.image,
            "cluster": about_clusters and self.target is None,
            "text": self.kind in TAGS | CLUSTER_TAGS and not self.text,
            "decision": self.kind in RETURNS and not self.undoes,
        }
        missing = [name for name, is_missing in needs.items() if is_missing]
        if missing:
            raise CoreError(f"{self.kind}: name the {' and the '.join(missing)} that it is about")

    @property
    def subject(self) -> Subject:
        """What it is about: of two decisions about the same the later holds. Empty for an undo."""
        if self.kind in PLACEMENTS | EXCLUSIONS:
            return ("image", self.image or "")
        if self.kind in TAGS:
            return ("tag", self.image or "", self.text)
        if self.target is None:
            return ()
        about = ("name",) if self.kind is Kind.NAME_CLUSTER else ("cluster tag", self.text)
        return (*about, self.target.key)

    def describe(self) -> str:
        """In words, such as `moved to cluster 3 of k = 8`."""
        target = self.target.describe() if self.target else ""
        words = {
            Kind.KEEP: f"confirmed in {target}",
            Kind.MOVE: f"moved to {target}",
            Kind.EXCLUDE: "excluded",
            Kind.INCLUDE: "included again",
            Kind.TAG: f"tagged {self.text!r}",
            Kind.UNTAG: f"untagged {self.text!r}",
            Kind.NAME_CLUSTER: f"{target} named {self.text!r}",
            Kind.TAG_CLUSTER: f"{target} tagged {self.text!r}",
            Kind.UNTAG_CLUSTER: f"{target} untagged {self.text!r}",
            Kind.UNDO: "undone",
            Kind.REDO: "done again",
        }
        return words[self.kind]


@dataclass(frozen=True, slots=True)
class Row:
    """One decision as the journal keeps it.

    Attributes:
        seq: its number in the file. It says when it came, not what it is: equal rows of two files
            may bear different ones.
        action: the same for all that was decided, and is undone, in one go.
        part: 0, 1, 2, … within the action.
        time: UTC, ISO 8601.
        author: who decided; may be empty.
        decision: what.
    """

    seq: int = field(compare=False)
    action: str
    part: int
    time: str
    author: str
    decision: Decision

    @property
    def name(self) -> tuple[str, int]:
        """By which it is known in every file."""
        return self.action, self.part

    def describe(self) -> str:
        """In words: what, by whom and when."""
        by = f" by {self.author}" if self.author else ""
        return f"{self.decision.describe()}{by} at {self.time}"

    def numbered(self, seq: int) -> "Row":
        """The same under another number."""
        return replace(self, seq=seq)


def read_clock() -> str:
    """The time as rows state it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def make_action() -> str:
    """A name for what is decided in one go; a letter first, lest a spreadsheet see a number."""
    return f"a{secrets.token_hex(8)}"
