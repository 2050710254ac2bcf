"""The commands: each module adds its own to the parser, and runs them."""
