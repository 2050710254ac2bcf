"""Turns Keras networks into ONNX files that take pixels and give embeddings."""
