"""Chunks: dead letters gathered to what is handled at once, which bounds the memory."""

from collections.abc import AsyncIterator

from processors.dead_letters.stored import StoredDeadLetter


async def chunks(
    letters: AsyncIterator[StoredDeadLetter], most_letters: int, most_bytes: int
) -> AsyncIterator[list[StoredDeadLetter]]:
    """The same letters in the same order, many at a time.

    Arguments:
        letters: one by one.
        most_letters: how many a chunk holds at the most.
        most_bytes: a chunk is full once its values have so many; the last of them may go beyond.
    """
    chunk: list[StoredDeadLetter] = []
    size = 0
    async for letter in letters:
        chunk.append(letter)
        size += len(letter.value)
        if len(chunk) >= most_letters or size >= most_bytes:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
