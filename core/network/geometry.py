"""Where a transform cuts an image and to what size it scales it: numbers, from sizes alone.

So that whoever scales the pixels, on a CPU or a GPU, takes the same ones.
"""

from dataclasses import dataclass

_ARTICLE_CROP = 512
_LONGEST = 64
"""Of a strip, this many times its shorter side is seen: as a whole it could fill the memory."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of an image, in pixels."""

    top: int
    left: int
    height: int
    width: int

    @property
    def rows(self) -> slice:
        """Its rows."""
        return slice(self.top, self.top + self.height)

    @property
    def columns(self) -> slice:
        """Its columns."""
        return slice(self.left, self.left + self.width)


@dataclass(frozen=True, slots=True)
class Geometry:
    """The way from an image to a square, in four steps.

    Attributes:
        seen: the part of the image that is looked at.
        black: rows and columns of black laid around it: above, below, before and behind.
        height: to which it is then scaled.
        width: to which it is then scaled.
        method: of scaling, `bilinear` or `bicubic`.
        kept: the part of what was scaled that is the square.
    """

    seen: Box
    black: tuple[int, int, int, int]
    height: int
    width: int
    method: str
    kept: Box

    @property
    def reduction(self) -> float:
        """How many times smaller a side becomes, of the two that which shrinks more."""
        above, below, before, behind = self.black
        height, width = self.seen.height + above + below, self.seen.width + before + behind
        return max(height / self.height, width / self.width)


def imagenet_side(size: int) -> int:
    """To how many pixels the shorter side is scaled before the centre of `size` is cut out."""
    return round(size * 256 / 224)


def plan_imagenet(height: int, width: int, size: int) -> Geometry:
    """The shorter side scaled, the centre cut out; of a long strip only the middle."""
    shorter = min(height, width)
    seen = _centre(height, width, min(height, _LONGEST * shorter), min(width, _LONGEST * shorter))
    side = imagenet_side(size)
    # As torchvision rounds: the longer side downwards.
    scaled = int(side * seen.height / shorter), int(side * seen.width / shorter)
    return Geometry(seen, (0, 0, 0, 0), *scaled, "bilinear", _centre(*scaled, size, size))


def plan_article(height: int, width: int, size: int) -> Geometry:
    """The centre of 512 x 512; of an odd rest torchvision puts more of the black behind."""
    side = _ARTICLE_CROP
    seen = _centre(height, width, min(height, side), min(width, side))
    rows, columns = side - seen.height, side - seen.width
    black = (rows // 2, (rows + 1) // 2, columns // 2, (columns + 1) // 2)
    return Geometry(seen, black, size, size, "bilinear", Box(0, 0, size, size))


def plan_embedded(height: int, width: int, size: int) -> Geometry:
    """The whole image, whatever its shape."""
    whole, square = Box(0, 0, height, width), Box(0, 0, size, size)
    return Geometry(whole, (0, 0, 0, 0), size, size, "bicubic", square)


def _centre(height: int, width: int, inner_height: int, inner_width: int) -> Box:
    """The middle, at the pixel that torchvision's `center_crop` begins with."""
    top, left = round((height - inner_height) / 2), round((width - inner_width) / 2)
    return Box(top, left, inner_height, inner_width)
