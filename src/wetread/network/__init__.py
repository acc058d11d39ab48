"""The architectures that training can choose from, by name.

A network maps a batch of prepared films to two tensors: one logit per output label, and the class-activation
map from which that logit was pooled. Keeping the map inside the network means that the released file shows
*where* without PyTorch and without a second pass (Zhou et al., CVPR 2016).

The only room, with `training`, that imports torch.
"""

from wetread.network.base import Network
from wetread.network.door import build
from wetread.network.lite import EfficientNetLite
from wetread.network.probe import GridProbe, build_probe
from wetread.network.spec import LITE_NAMES, NetworkSpec
from wetread.network.weights import imagenet_weights

__all__ = [
    "LITE_NAMES",
    "EfficientNetLite",
    "GridProbe",
    "Network",
    "NetworkSpec",
    "build",
    "build_probe",
    "imagenet_weights",
]
