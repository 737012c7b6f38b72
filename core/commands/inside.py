"""The commands that look inside the network: layers, predict, maps, why."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from core.clusters.clustering import KMeansParams
from core.commands.options import as_path, extract_missing, show_progress
from core.errors import CoreError
from core.export.export import refuse_csv, write_csv
from core.inside.inside import Inside
from core.inside.inside_report import describe_why, draw_why, tabulate_layers, tabulate_predictions
from core.network.feature_maps import order_maps
from core.network.full_network import FullNetwork
from core.network.map_pictures import draw_grid, encode_grid, encode_picture
from core.network.network_table import find_map_layer, in_words, tabulate_network
from core.network.predictions import Prediction, top_predictions
from core.network.pretrained import find_weights
from core.pictures.decoding import ImageProblem
from core.pictures.resizing import Pixels
from core.progress import Watch
from core.recipe import StudyParams, decide
from core.sources.base import as_text
from core.study import Study
from core.whole_files import refuse_inputs, write_whole

_Images = Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Image files.")]
_Image = Annotated[Path, typer.Argument(metavar="IMAGE", help="An image file.")]
_Out = Annotated[
    Path,
    typer.Option("--out", parser=as_path, metavar="FILE.png", help="The picture to write."),
]
_Weights = Annotated[
    str, typer.Option(help="auto, imagenet, embedded, or a .pth or .safetensors file.")
]
_Transform = Annotated[str | None, typer.Option(help="imagenet, article or embedded.")]
_Size = Annotated[int | None, typer.Option(help="Pixels of the square the network sees.")]
_K = Annotated[int, typer.Option(help="How many clusters.")]


def layers(size: Annotated[int, typer.Option(help="Pixels of the input's side.")] = 224) -> None:
    """Print VGG-16 layer by layer: shapes, parameters, multiply-adds, receptive fields."""
    write_csv(tabulate_layers(tabulate_network(size)), "-", {})


def predict(  # noqa: PLR0917 - called by name alone
    images: _Images,
    top: Annotated[int, typer.Option(help="How many classes of each image.")] = 5,
    csv: Annotated[str, typer.Option(metavar="FILE", help="- is stdout.")] = "-",
    weights: _Weights = "auto",
    transform: _Transform = None,
    size: _Size = None,
) -> None:
    """Name ImageNet's likeliest classes of images, with their probabilities."""
    refuse_csv(csv, [*images, weights])
    with show_progress() as watch:
        network = _open_network(weights, transform, size, watch)
    found = _predict_all(network, images, top)
    write_csv(tabulate_predictions(found), csv, _made_by(network))


def maps(  # noqa: PLR0917 - called by name alone
    image: _Image,
    layer: Annotated[str, typer.Option(help="conv1_1 to conv5_3, pool1 to pool5.")],
    out: _Out,
    scale: Annotated[str, typer.Option(help="each by its own peak, or all alike.")] = "each",
    weights: _Weights = "auto",
    transform: _Transform = None,
    size: _Size = None,
) -> None:
    """Draw what one layer makes of an image, the most active map first."""
    _require_png(out, image)
    with show_progress() as watch:
        network = _open_network(weights, transform, size, watch)
    found = network.maps_of([_see(network, image)], layer)[0]  # (channels, h, w)
    ordered = order_maps(find_map_layer(layer, network.transform.size), found)
    write_whole(out, encode_grid(draw_grid(ordered.maps, scale=scale)), replace=True)
    sys.stderr.write(f"{in_words(ordered.layer)}\n")


def why(study: Study, image: _Image, out: _Out, k: _K = 5) -> None:
    """Say why an image is in its cluster, and draw what in it speaks for that."""
    inside, params, data = Inside(study), KMeansParams(k, study.params.seed), _read(image)
    _require_png(out, image)
    square = _see(inside.network, image)  # what is wrong with it is said before the long work
    extract_missing(study)
    found = inside.why(data, params)
    with show_progress() as watch:
        heat = inside.heat(data, params, watch)
    write_whole(out, encode_picture(draw_why(square, heat)), replace=True)
    channels = not study.recipe.cut.is_connected
    for line in describe_why(found, heat, study.names(params), channels=channels):
        sys.stdout.write(f"{line}\n")


def _open_network(
    weights: str, transform: str | None, size: int | None, watch: Watch
) -> FullNetwork:
    """The network of some weights, with what suits them where nothing else is asked for."""
    asked = StudyParams("", weights=weights, transform=transform, size=size, device="cpu")
    recipe = decide(asked, find_weights(weights, watch=watch))
    return FullNetwork(recipe.weights, recipe.transform)


def _made_by(network: FullNetwork) -> dict[str, Any]:
    weights, transform = network.weights, network.transform
    return {
        "weights": f"{weights.name} ({weights.sha256[:8]})",
        "weights_sha256": weights.sha256,
        "transform": f"{transform.name}, {transform.size} px",
    }


def _predict_all(
    network: FullNetwork, images: list[Path], top: int
) -> dict[str, tuple[Prediction, ...]]:
    """The classes of each image; what cannot be read is said, and refused where nothing is left."""
    network.require_classes()
    found, problem = {}, None
    for image in images:
        try:
            pooled = network.maps_of([_see(network, image)], "pool5")
        except CoreError as error:
            problem = error
            sys.stderr.write(f"unreadable: {error}\n")
            continue
        found[as_text(image)] = top_predictions(
            network.classify(network.connect(pooled, "fc2"), "fc2")[0], top
        )
    if problem is not None and not found:
        raise CoreError(f"none of the {len(images)} images can be read: name others")
    return found


def _see(network: FullNetwork, image: Path) -> Pixels:
    try:
        return network.see(_read(image))
    except ImageProblem as problem:
        raise CoreError(f"{image}: {problem}. Name another image") from problem


def _read(image: Path) -> bytes:
    try:
        return image.read_bytes()
    except OSError as error:
        raise CoreError(f"{image} cannot be read: {error.strerror}. Name another image") from error


def _require_png(out: Path, image: Path) -> None:
    """Refused before the long work, not after it."""
    refuse_inputs(out, [image])
    if out.suffix.lower() != ".png":
        raise CoreError(f"cannot write {str(out)!r}: name a file such as maps.png")
