"""Packed outlines read the way a page reads them."""

import base64

import numpy as np


def unpacked(text: str) -> list[np.ndarray]:
    """Decode packed rings the way a page does."""
    numbers, value, shift = [], 0, 0
    for byte in base64.b64decode(text):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(value)
            value = shift = 0
    rings, place, at = [], np.zeros(2, int), 0
    while at < len(numbers):
        count = numbers[at]
        steps = np.array(numbers[at + 1 : at + 1 + 2 * count]).reshape(count, 2)
        points = place + np.cumsum((steps >> 1) ^ -(steps & 1), axis=0)
        rings.append(points / 10_000)
        place, at = points[-1], at + 1 + 2 * count
    return rings
