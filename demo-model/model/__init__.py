"""The demo model: tokenizer, network, quantisation, training data, checkpoint files and decoding."""
