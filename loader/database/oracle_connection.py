"""Opens a session on Oracle Database and gives it settings of its own."""

from __future__ import annotations

import oracledb

from loader.config import ConfigurationError, OracleSettings
from loader.connect_string import without_secrets
from loader.database.base import DatabaseError

# Firewalls, profiles and Autonomous Database cut sessions that are silent: a probe each so many minutes
# (python-oracledb, Oracle Net Services and High Availability).
_PROBE_MINUTES = 2
# The driver found no tnsnames.ora, or no such name in it (python-oracledb, errors.py).
_NAME_NOT_FOUND = ("DPY-4000", "DPY-4026", "DPY-4027")
# Answers that do not depend on the machine's language: names sort and compare by their bytes, numbers and dates as
# text have one form, and messages can be read for their places (Database Globalization Support Guide, Setting Up a
# Globalization Support Environment). The parameters stand in one statement: one round trip.
_SESSION = """\
alter session set
  nls_language = 'AMERICAN'
  nls_sort = 'BINARY'
  nls_comp = 'BINARY'
  nls_numeric_characters = '.,'
  nls_date_format = 'YYYY-MM-DD HH24:MI:SS'
  nls_timestamp_format = 'YYYY-MM-DD HH24:MI:SS.FF'
  nls_timestamp_tz_format = 'YYYY-MM-DD HH24:MI:SS.FF TZH:TZM'"""


def open_session(settings: OracleSettings) -> oracledb.Connection:
    """A session as the settings say, with this program's session parameters.

    Raises ConfigurationError where the Oracle Client can not be loaded, DatabaseError where the database can not be
    reached or the schema does not exist; no message holds a password.
    """
    if settings.thick:
        _load_client(settings)
    try:
        connection = oracledb.connect(
            user=settings.username,
            password=settings.password,
            dsn=settings.connect_string,
            proxy_user=settings.proxy_user,
            wallet_location=str(settings.wallet_location) if settings.wallet_location else None,
            wallet_password=settings.wallet_password,
            config_dir=str(settings.config_dir) if settings.config_dir else None,
            expire_time=_PROBE_MINUTES,
        )
    except oracledb.Error as error:
        raise _failure(settings, f"can not be reached as {settings.username}", error) from error
    try:
        if settings.schema:
            # Sent, and checked, with the next statement.
            connection.current_schema = settings.owner
        with connection.cursor() as cursor:
            cursor.execute(_SESSION)
    except oracledb.Error as error:
        connection.close()
        said = f"as {settings.username} takes no session" + (
            f" with the schema {settings.owner} (PYTHON_SCHEMA)" if settings.schema else ""
        )
        raise _failure(settings, said, error) from error
    return connection


def _load_client(settings: OracleSettings) -> None:
    """Thick mode, for the whole process; the driver takes a second call with the same directories."""
    try:
        oracledb.init_oracle_client(
            lib_dir=str(settings.client_dir) if settings.client_dir else None,
            config_dir=str(settings.config_dir) if settings.config_dir else None,
        )
    except oracledb.Error as error:
        where = (
            f"in {settings.client_dir} (PYTHON_CLIENT_DIR)" if settings.client_dir else "in the system's directories"
        )
        raise ConfigurationError(
            f"the Oracle Client {where} can not be loaded: {str(error).splitlines()[0]}; on Linux LD_LIBRARY_PATH has "
            "to name its directory too; or leave PYTHON_DRIVER_MODE out for thin mode"
        ) from error


def _failure(settings: OracleSettings, said: str, error: oracledb.Error) -> DatabaseError:
    message = without_secrets(str(error), settings.connect_string, (settings.password, settings.wallet_password))
    details = error.args[0] if error.args else None
    if getattr(details, "full_code", "") in _NAME_NOT_FOUND:
        message += "; PYTHON_CONFIG_DIR names the directory of tnsnames.ora, and //host:port/service needs none"
    code = getattr(details, "code", 0) or None
    return DatabaseError(f"Oracle Database at {settings.address} {said}: {message}", code=code)
