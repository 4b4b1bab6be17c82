"""What a fixed array loses by looking aside: the signal falls with a power of the cosine of the angle off boresight.

cos^n on both ways together: the face is foreshortened to its cosine when it sends and when it receives, 2 for a loss
by area alone; matching of the elements makes it 2 to 3 in practice (Skolnik, Radar Handbook, 1990, chapter 7). The
boresight of a face is the middle of its sector, at the elevation the radar gives.
"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.sensors.coverage import in_elevation, in_sector
from jointwatch.sensors.radar import Face, Radar


def cos_off_boresight(radar: Radar, faces: tuple[Face, ...], z: Floats) -> Floats:
    """Cosine (n,) of the angle between each look and the boresight of the face that looks, at least 0.

    z: (n, 3) rows of range, azimuth, elevation. Of several faces that hold the direction, the one that faces it best;
    of none, the best of all. Without scan loss, 1.
    """
    if radar.scan_loss_exponent == 0.0 or not faces:
        return np.asarray(np.ones(len(z)))
    cosine = np.stack([_cosine(radar, face, z) for face in faces])
    held = np.stack([in_sector(face, z[:, 1]) & in_elevation(face, z[:, 2]) for face in faces])
    best = np.where(held.any(axis=0), np.where(held, cosine, -1.0).max(axis=0), cosine.max(axis=0))
    return np.asarray(np.maximum(best, 0.0))


def loss(radar: Radar, faces: tuple[Face, ...], z: Floats) -> Floats:
    """Share (n,) of the signal on boresight that is left in each look; 1 for a radar without scan loss."""
    return np.asarray(cos_off_boresight(radar, faces, z) ** radar.scan_loss_exponent)


def _cosine(radar: Radar, face: Face, z: Floats) -> Floats:
    """Cosine of the angle between a direction and the boresight, by the spherical law of cosines."""
    aside = z[:, 1] - (face.azimuth_from_rad + face.azimuth_width_rad / 2)
    up = radar.boresight_elevation_rad
    return np.asarray(np.sin(z[:, 2]) * np.sin(up) + np.cos(z[:, 2]) * np.cos(up) * np.cos(aside))
