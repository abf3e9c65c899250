"""Looks at rendered pages: where the red of a seal stands, and what it looks like."""
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from validators import run

DPI = 200


def render(path, page):
    """The page as displayed, at 200 dpi."""
    with tempfile.TemporaryDirectory() as folder:
        run(["pdftoppm", "-r", DPI, "-cropbox", "-f", page, "-l", page, "-png", path,
             Path(folder) / "page"])
        picture = Image.open(next(Path(folder).glob("*.png")))
        return picture.convert("RGB").copy()


def to_pixels(value):
    """1/1000 point to pixels."""
    return value / 1000 / 72 * DPI


def area(picture, rect, margin=8):
    """The rectangle of the page, with a margin."""
    box = [to_pixels(rect["x"]) - margin, to_pixels(rect["y"]) - margin,
           to_pixels(rect["x"] + rect["width"]) + margin,
           to_pixels(rect["y"] + rect["height"]) + margin]
    left, top = max(0, int(box[0])), max(0, int(box[1]))
    right, bottom = min(picture.width, int(box[2]) + 1), min(picture.height, int(box[3]) + 1)
    return picture.crop((left, top, right, bottom)), left, top


def redness(picture):
    """A mask of what is red: much red, little green and blue."""
    red, green, blue = picture.split()
    strong = red.point(lambda v: 255 if v > 120 else 0)
    weak = ImageChops.multiply(green.point(lambda v: 255 if v < 140 else 0),
                               blue.point(lambda v: 255 if v < 140 else 0))
    return ImageChops.multiply(strong, weak)


def red_box(picture, rect):
    """Bounding box of the red within the rectangle, in page pixels, or None."""
    part, left, top = area(picture, rect)
    box = redness(part).getbbox()
    return box and (box[0] + left, box[1] + top, box[2] + left, box[3] + top)


def centre_error(picture, rect):
    """How many pixels the red's centre is off the rectangle's, per axis; None without red."""
    box = red_box(picture, rect)
    if not box:
        return None
    want_x = to_pixels(rect["x"] + rect["width"] / 2)
    want_y = to_pixels(rect["y"] + rect["height"] / 2)
    return (abs((box[0] + box[2]) / 2 - want_x), abs((box[1] + box[3]) / 2 - want_y))


def joined(slices):
    """Slices of a page seal side by side, as when the pages are fanned."""
    whole = Image.new("RGB", (sum(s.width for s in slices), slices[0].height), "white")
    at = 0
    for part in slices:
        whole.paste(part, (at, 0))
        at += part.width
    return whole
