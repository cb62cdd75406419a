"""What backbones are called: known without loading any of them."""

DEFAULT = "efficientnet-lite0"
NAMES = f"{DEFAULT}, timm:NAME, torchvision:NAME, bn-inception:FILE or maps:FOLDER"
