"""Turns networks, of Keras or in ONNX, into ONNX files that take pixels and give embeddings."""
