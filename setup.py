"""What pyproject.toml can not say: the files of db/ go into the wheel as loader/db."""

from setuptools import find_packages, setup

DATABASE = ["loader.db", *(f"loader.db.{package}" for package in ("bootstrap", "migrations", "packages", "views"))]

setup(
    packages=[*find_packages(include=["engine", "engine.*", "loader", "loader.*", "service", "service.*"]), *DATABASE],
    package_dir={"loader.db": "db"},
    package_data={
        "engine": ["*.md", "runtime/*.sql", "check/*.md"],
        "service": ["*.md", "templates/*", "static/*"],
        **{package: ["*"] for package in DATABASE},
    },
)
