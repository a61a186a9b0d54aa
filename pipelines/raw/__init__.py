"""The raw archive: what feeds sent, sentence by sentence, by source and hour, to be read again or shown as proof."""
