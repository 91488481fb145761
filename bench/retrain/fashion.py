"""The model of examples/pytorch for retrain.py: its own functions on its own images.

It has the names of model.py. The study is the one of the example, as it is:

    export PYTHONPATH=$PWD/clients/python
    (cd examples/pytorch && evenkeel --db /tmp/pytorch.db search study.yaml --confirm)
    bench/retrain/retrain.py --model fashion --db /tmp/pytorch.db --epochs 8

The environment variable FASHION names another folder with the files of Fashion-MNIST. The
client is needed because the example imports it. Nothing here talks to evenkeel.
"""

import importlib.util
import os
import pathlib
import types

import torch

FOLDER = "/usr/share/datasets/fashion-mnist"
SIZES = [400, 200, 200]  # of each class to train, to validate and to test, as in the example


def load(path):
    """Return a script as a module. The train.py of this folder has the same name."""
    spec = importlib.util.spec_from_file_location("example", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


example = load(pathlib.Path(__file__).resolve().parents[2] / "examples" / "pytorch" / "train.py")
logits = example.logits


class Table:
    """The parts of the sample, standardised over its training part, and its class names."""

    def __init__(self):
        torch.set_num_threads(1)  # two trainings side by side beat one with two threads
        learn, held = example.load_fashion(os.environ.get("FASHION", FOLDER))
        parts = example.stratified(*learn, SIZES[:2]) + example.stratified(*held, SIZES[2:])
        mean, std = (f(parts[0][0], dim=(0, 2, 3), keepdim=True) for f in (torch.mean, torch.std))
        self.classes = example.FASHION
        self.train, self.val, self.test = [((x - mean) / std, y) for x, y in parts]


def fit(table, seed, epochs, weights):
    """Return a model that was trained with class weights and the example's parameters."""
    weights = [float(w) for w in weights]
    run = types.SimpleNamespace(seed=seed, epochs=epochs, weights_at=lambda epoch: weights,
                                epoch=lambda epoch, loss: None, should_stop=False)
    return example.train(*table.train, run, len(table.classes))
