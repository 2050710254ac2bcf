"""What a first user of Oracle Database runs: compose.yaml, scripts, workflow and docs/oracle.md say the same."""

from __future__ import annotations

import re

import pytest

from loader.config import DB_DIRECTORY, PROJECT
from tests.db.emptying import VARIABLE, product_objects


def read(path: str) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


def without_comments(path: str) -> str:
    return re.sub(r"^\s*(--|#).*\n", "", read(path), flags=re.MULTILINE)


COMPOSE = without_comments("compose.yaml")
WORKFLOW = without_comments(".github/workflows/tests.yml")
CREATE_USER = without_comments("db/create_user.sql")
CHAPTER = read("docs/oracle.md")
COMMANDS = [line.split("#")[0].strip() for line in CHAPTER.split("```")[1].strip().splitlines()]


def release(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))


def floor(name: str) -> str:
    found = re.search(rf"co_{name}\s+constant varchar2\(10\) := '([\d.]+)'", read("db/prerequisites.sql"))
    assert found
    return found[1]


def test_the_docs_say_the_release_that_is_checked() -> None:
    assert f"({floor('release')} or later, with COMPATIBLE {floor('compatible')})" in CHAPTER


def test_the_image_is_a_release_that_the_prerequisites_take() -> None:
    found = re.search(r"image: container-registry\.oracle\.com/database/free:([\d.]+)\n", COMPOSE)
    assert found
    assert release(found[1]) >= release(floor("release"))


def test_from_docker_compose_up_to_validate_loo_in_at_most_six_commands() -> None:
    assert len(COMMANDS) <= 6
    names = re.findall(r"(\w+)=", COMMANDS[0])
    assert names == ["ORACLE_PWD", "PYTHON_USERNAME", "PYTHON_PASSWORD", "PYTHON_CONNECTSTRING"]
    assert "docker compose up -d --wait" in COMMANDS
    assert COMMANDS[-1] == 'python -m loader sql "exec img_classify.validate_loo"'
    for target in re.findall(r"^make (\S+)", "\n".join(COMMANDS), re.MULTILINE):
        assert re.search(rf"^{target}:", read("Makefile"), re.MULTILINE)


def test_the_commands_name_what_compose_has() -> None:
    (run,) = [command for command in COMMANDS if command.startswith("docker compose exec")]
    found = re.fullmatch(
        r"docker compose exec (\w+) sqlplus sys@//localhost/(\w+) as sysdba @(\S+)/create_user\.sql (\w+) (\w+)", run
    )
    assert found
    service, pdb, directory, user, tablespace = found.groups()
    assert re.search(rf"^  {service}:$", COMPOSE, re.MULTILINE)
    assert f"- ./db:{directory}:ro" in COMPOSE
    assert "${ORACLE_PWD:?" in COMPOSE
    port = re.search(r'"127\.0\.0\.1:(\d+):1521"', COMPOSE)
    assert port
    assert f"PYTHON_USERNAME={user} " in COMMANDS[0]
    assert f"PYTHON_CONNECTSTRING=//localhost:{port[1]}/{pdb}" in COMMANDS[0]
    assert f"@create_user.sql {user} {tablespace}\n" in read("db/create_user.sql")


def test_the_workflow_makes_the_user_as_the_readme_does() -> None:
    found = re.search(r"@//localhost/(\w+)\" as sysdba @/tmp/create_user\.sql (\w+) (\w+)", WORKFLOW)
    assert found
    pdb, user, tablespace = found.groups()
    assert any(f"{user} {tablespace}" in command for command in COMMANDS)
    assert f"PYTHON_USERNAME: {user}\n" in WORKFLOW
    assert f"PYTHON_CONNECTSTRING: //localhost:1521/{pdb}\n" in WORKFLOW
    assert 'docker cp db/create_user.sql "$ORACLE":/tmp/create_user.sql' in WORKFLOW
    assert "APP_USER" not in WORKFLOW
    assert "vector_memory_size" in WORKFLOW
    assert WORKFLOW.index("vector_memory_size") < WORKFLOW.index("docker restart") < WORKFLOW.index("create_user.sql")


def test_the_workflow_runs_the_same_tests_on_every_python() -> None:
    assert WORKFLOW.count("run: make test\n") == 2
    versions = [re.findall(r'"([\d.]+)"', found) for found in re.findall(r"python: \[(.*)\]", WORKFLOW)]
    assert versions == [["3.11", "3.12", "3.13"]] * 2
    assert not re.search(VARIABLE, WORKFLOW)  # a fresh user's schema is empty


def test_the_user_gets_the_privileges_that_are_checked_and_no_others() -> None:
    found = re.search(r"^grant (create .*) to &1;", CREATE_USER, re.MULTILINE)
    assert found
    checked = re.search(r"odcivarchar2list\(([^)]*)\)", read("db/prerequisites.sql"))
    assert checked
    assert set(found[1].split(", ")) == {"create session", *re.findall(r"'(.*?)'", checked[1].lower())}
    assert "grant execute on sys.dbms_vector to" in CREATE_USER
    assert "quota unlimited on &2" in CREATE_USER


def grants(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for privilege, target in re.findall(r"^grant (\w+) on (\w+) to &1;$", read(f"db/{name}"), re.MULTILINE):
        found.setdefault(privilege, set()).add(target.upper())
    return found


PACKAGES = {path.stem.upper() for path in DB_DIRECTORY.glob("*/*.pks")}
# What only a user who may load calls.
LOADERS = {"IMG_CORRECTION", "IMG_RUN", "IMG_SOURCE", "IMG_STORE"}
VIEWS = {path.stem.upper() for path in DB_DIRECTORY.glob("views/*.sql")}


def test_a_reader_reads_every_view_and_calls_what_classifies() -> None:
    reader = grants("grants_reader.sql")
    not_for_readers = {"IMG_STORE", "IMG_INDEX", "IMG_HISTORY", "IMG_DUMP", "IMG_SEARCH", "IMG_VOTE", "IMG_COMPARABLE"}
    not_for_readers |= {"IMG_FITTED", "IMG_KERNEL", "IMG_CLOCK", "IMG_INTERVAL"}
    not_for_readers |= LOADERS
    assert reader["execute"] == PACKAGES - not_for_readers
    assert reader["read"] == VIEWS | {"IMAGE_DEMO1"}
    assert set(reader) == {"execute", "read"}


def test_a_loader_gets_the_store_and_what_a_reader_has() -> None:
    assert grants("grants_loader.sql") == {"execute": LOADERS}
    assert "@@grants_reader.sql &1" in read("db/grants_loader.sql")


def test_what_commands_call_is_granted() -> None:
    def called(*modules: str) -> set[str]:
        texts = "".join(read(f"loader/{module}.py") for module in modules)
        return {package.upper() for package in re.findall(r"\"(img_\w+)\.\w+\"", texts)}

    reader = grants("grants_reader.sql")["execute"]
    assert called("classification", "evaluation", "report", "commands/classify") <= reader
    assert called("load", "commands/runs", "commands/sources") <= reader | grants("grants_loader.sql")["execute"]


def test_uninstall_names_every_object() -> None:
    assert set(product_objects()) >= PACKAGES | VIEWS


@pytest.mark.parametrize("script", sorted(path.name for path in DB_DIRECTORY.glob("*.sql")))
def test_scripts_call_scripts_that_exist(script: str) -> None:
    for name in re.findall(r"^@@(\S+)", read(f"db/{script}"), re.MULTILINE):
        assert (DB_DIRECTORY / name).is_file(), name


def test_every_claim_from_the_documentation_has_its_page() -> None:
    text = re.sub(r"\s+", " ", read("db/SCALE.md"))
    claims = text.split("**D**")[2:]  # the first explains the mark
    assert claims
    for claim in claims:
        assert re.match(r" \[[^\]]+\]", claim), claim[:60]


def test_the_partitioned_table_can_grow() -> None:
    text = read("db/scale.sql")
    assert "partition by list (label_part) automatic" in text
    assert "values (default)" not in text
    columns = re.findall(r"label_\w+ +varchar2\(100 char\) invisible.*\n.*virtual", text)
    migration = read("db/migrations/V005__vector_indexes.sql")
    assert len(columns) == 4
    assert all(column in migration for column in columns)
    for statement in re.findall(r"create vector index[^;]*;", re.sub(r"^--", "", text, flags=re.MULTILINE)):
        words = statement.rstrip(";").split()
        if "local" in words:
            assert words.index("local") == len(words) - 1


@pytest.mark.parametrize("path", ["compose.yaml", ".github/workflows/tests.yml"])
def test_steps_carry_the_page_or_file_that_they_were_checked_against(path: str) -> None:
    assert len(re.findall(r"\[[A-Za-z][\w.,;\s#-]*\]|User's Guide|Database Reference", read(path))) >= 5
