"""Images are decoded ahead of time, in order, and never more of them than memory allows."""

import io

from PIL import Image

from core.images import identify
from core.reading import look_ahead


def encoded(shade):
    buffer = io.BytesIO()
    Image.new("L", (8, 8), shade).save(buffer, "PNG")
    return buffer.getvalue()


IMAGES = {identify(data): data for data in map(encoded, range(70))}


def test_no_more_than_three_batches_are_read_ahead():
    taken = []
    ids = (taken.append(image_id) or image_id for image_id in IMAGES)
    ahead = look_ahead(ids, IMAGES.__getitem__, None, batch_size=2, workers=4)
    next(ahead)
    assert len(taken) == 6
    next(ahead)
    assert len(taken) == 8
    ahead.close()
    assert len(taken) == 8


def test_batches_keep_the_order_and_the_last_is_what_remains():
    batches = look_ahead(IMAGES, IMAGES.__getitem__, None, batch_size=32, workers=4)
    looks = list(batches)
    assert [len(batch) for batch in looks] == [32, 32, 6]
    assert [one.id for batch in looks for one in batch] == list(IMAGES)
