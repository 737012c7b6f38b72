"""The maps of one layer, the most active first: what a network sees in an image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError
from core.network.network_table import NetworkLayer


@dataclass(frozen=True, slots=True)
class FeatureMaps:
    """What one layer makes of one image.

    Attributes:
        layer: its name, size, receptive field and stride.
        channels: the number of each map's channel, int64 (n,).
        maps: one map a channel in that order, float32 (n, height, width), never below 0.
    """

    layer: NetworkLayer
    channels: NDArray[np.int64]
    maps: NDArray[np.float32]

    @property
    def activations(self) -> NDArray[np.float32]:
        """The mean of each map, float32 (n,)."""
        means: NDArray[np.float32] = self.maps.mean(axis=(1, 2))
        return means

    def in_order_of(self, channels: NDArray[np.int64]) -> "FeatureMaps":
        """The same maps in another image's order, so that two can be laid side by side.

        Args:
            channels: of the other image's maps of the same layer, any of them, (m,).

        Raises:
            CoreError: there is no such channel.
        """
        place = {channel: position for position, channel in enumerate(self.channels.tolist())}
        unknown = set(channels.tolist()) - set(place)
        if unknown:
            raise CoreError(
                f"no channel {min(unknown)} in {self.layer.name}: choose from 0 to {len(place) - 1}"
            )
        order = [place[channel] for channel in channels.tolist()]
        return FeatureMaps(self.layer, channels.copy(), self.maps[order])

    def of_channel(self, channel: int) -> NDArray[np.float32]:
        """One map, float32 (height, width).

        Raises:
            CoreError: there is no such channel.
        """
        one: NDArray[np.float32] = self.in_order_of(np.array([channel])).maps[0]
        return one


def order_maps(layer: NetworkLayer, maps: NDArray[np.float32]) -> FeatureMaps:
    """Maps (n, height, width) by their mean, the most active first, the lower channel of equals."""
    means = maps.mean(axis=(1, 2), dtype=np.float64)  # (n,)
    channels = np.argsort(-means, kind="stable").astype(np.int64)
    return FeatureMaps(layer, channels, maps[channels])
