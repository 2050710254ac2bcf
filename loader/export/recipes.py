"""Embedding recipes: which layers of a network, pooled how, and of which mirrored views, make a vector.

Defects of a surface are seen best in the middle of a network, where its layers tell textures apart, and not at its
end, where they tell objects. All of a recipe is part of the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from loader.model import Recipe

DEFECTS_SIZE = 300
_SMALLEST_LENGTH = 1e-12


def defects_recipe(layers: tuple[str, ...]) -> Recipe:
    """Mean, maximum and standard deviation of `layers`, averaged over the four mirrorings."""
    return Recipe(layers, tuple(_POOLING), tuple(_VIEWS))


def embedding_network(network: keras.Model, recipe: Recipe) -> keras.Model:
    """The network from normalised pixels to the recipe's vectors.

    Each layer's output (n x h x w x c) is pooled to c numbers in each of the ways, averaged over the views and divided
    by its length; these pieces are joined, by layer and within it by the way of pooling.
    """
    middle = keras.Model(network.input, [network.get_layer(name).output for name in recipe.layers])
    inputs = keras.Input(network.input.shape[1:], name="normalised")
    views = ops.concatenate([_VIEWS[view](inputs) for view in recipe.views], axis=0)
    outputs = middle(views)
    features = outputs if isinstance(outputs, list) else [outputs]
    pieces = [
        _unit(_over_views(_POOLING[pooling](output), len(recipe.views)))
        for output in features
        for pooling in recipe.pooling
    ]
    return keras.Model(inputs, ops.concatenate(pieces, axis=-1), name=network.name)


def _over_views(pooled: Any, views: int) -> Any:
    """The mean over the views of each image: those of the first view stand first in `pooled`."""
    return ops.mean(ops.reshape(pooled, (views, -1, pooled.shape[-1])), axis=0)


def _unit(vectors: Any) -> Any:
    lengths = ops.sqrt(ops.sum(ops.square(vectors), axis=-1, keepdims=True))
    return vectors / ops.maximum(lengths, _SMALLEST_LENGTH)


def _standard_deviation(features: Any) -> Any:
    deviations = features - ops.mean(features, axis=(1, 2), keepdims=True)
    return ops.sqrt(ops.mean(ops.square(deviations), axis=(1, 2)))


_POOLING: dict[str, Callable[[Any], Any]] = {
    "mean": lambda features: ops.mean(features, axis=(1, 2)),
    "max": lambda features: ops.max(features, axis=(1, 2)),
    "standard deviation": _standard_deviation,
}

_VIEWS: dict[str, Callable[[Any], Any]] = {
    "as it is": lambda images: images,
    "left and right exchanged": lambda images: images[:, :, ::-1],
    "top and bottom exchanged": lambda images: images[:, ::-1],
    "both exchanged": lambda images: images[:, ::-1, ::-1],
}
