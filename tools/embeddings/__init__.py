"""How well features group: the sets, the weights, and what is measured of them."""
