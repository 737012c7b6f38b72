"""What a training lessens: wrong classes, and features that do not lie together.

A target is a distribution over the classes (n, classes): images laid over each other have two.
"""

import torch
from torch.nn import functional


def contrast(points: torch.Tensor, targets: torch.Tensor, temperature: float) -> torch.Tensor:
    """The supervised contrastive loss of points (n, d) (P. Khosla et al., 2020, equation 2).

    Two images attract each other by as much as their targets (n, classes) agree, which for
    certain targets is the paper's "same class or not".
    """
    unit = functional.normalize(points.float(), dim=1)
    likeness = unit @ unit.T / temperature  # (n, n)
    own = torch.eye(len(unit), dtype=torch.bool, device=unit.device)
    others = likeness.masked_fill(own, -torch.inf)
    surprise = likeness - others.logsumexp(1, keepdim=True)  # (n, n)
    pull = (targets @ targets.T).masked_fill(own, 0)  # (n, n)
    strength = pull.sum(1)  # (n,)
    means = -(pull * surprise).sum(1) / strength.clamp_min(1e-12)  # (n,)
    return means.sum() / (strength > 0).sum().clamp_min(1)  # of those that have anyone


def unroundness(features: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """How far classes are from round, which K-Means takes them to be; 0 where they are.

    S. John's statistic of sphericity (Biometrika 58, 1971), d tr(C^2) / tr(C)^2 - 1, of the
    covariance C (d, d) of L2-normalised features (n, d) about the mean of their class. With
    fewer images than features it cannot fall below d / n - 1.
    """
    unit = functional.normalize(features.float(), dim=1)
    weights = targets / targets.sum(0).clamp_min(1e-12)  # (n, classes)
    rest = unit - targets @ (weights.T @ unit)  # (n, d)
    products = rest @ rest.T  # (n, n): of the same squares and trace as C, and smaller
    trace = products.diagonal().sum()
    return unit.shape[1] * products.square().sum() / trace.square().clamp_min(1e-12) - 1
