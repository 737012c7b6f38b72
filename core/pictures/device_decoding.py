"""JPEG files to pixels by torchvision: on CUDA by NVIDIA's nvJPEG, on the CPU by libjpeg.

nvJPEG does not smooth colours between the pixels that share them, as libjpeg does, so that pixels
differ a little. Of a JPEG damaged in its middle but properly ended, libjpeg fills in the rest and
tells nobody; nvJPEG was never seen with one.
"""

import io
import warnings
from collections.abc import Sequence

import torch
from PIL import Image

from core.errors import CoreError
from core.pictures.plain_jpegs import PlainJpeg

_DEPRECATED = "The image decoding and encoding capabilities of TorchVision are deprecated"
# TorchCodec follows it, which is one more dependency; torchvision is there for VGG-16 anyway.
warnings.filterwarnings("ignore", _DEPRECATED, DeprecationWarning)


def decode_jpegs(jpegs: Sequence[PlainJpeg], device: str) -> list[torch.Tensor]:
    """The pixels of each as they are stored, uint8 (3, h, w), on the device.

    Raises:
        RuntimeError: one of them cannot be decoded, or memory is short; it is not told which.
    """
    from torchvision.io import decode_jpeg  # noqa: PLC0415 - slow to import

    if device == "cuda":
        # torchvision decodes on a stream of its own, into memory that ours may still be reading.
        torch.cuda.current_stream().synchronize()
    files = [torch.frombuffer(bytearray(jpeg.data), dtype=torch.uint8) for jpeg in jpegs]
    decoded: list[torch.Tensor] = decode_jpeg(files, mode="RGB", device=device)
    for jpeg, pixels in zip(jpegs, decoded, strict=True):
        if pixels.shape != (3, jpeg.height, jpeg.width):
            raise RuntimeError(f"decoded to {tuple(pixels.shape)}: not what its head says")
    return decoded


def require_decoder(device: str) -> None:
    """Make sure that the device decodes JPEGs, before images are left to it.

    Raises:
        CoreError: it does not, whatever the image.
    """
    data = io.BytesIO()
    Image.new("RGB", (16, 16)).save(data, "JPEG")
    try:
        decode_jpegs([PlainJpeg(data.getvalue(), 16, 16, orientation=1, shrink=1)], device)
    except (ImportError, AttributeError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise CoreError(
            f"torchvision decodes no JPEGs on this {device} device ({reason}): "
            "take --jpeg-decoder cpu"
        ) from error
