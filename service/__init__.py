"""The web application and HTTP service over the loader's library; an extra, `pip install '.[service]'`."""
