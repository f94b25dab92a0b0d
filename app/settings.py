"""Every setting of the platform; what is not set falls back to the embedded default."""

import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# As long as the digest that it keys (RFC 7518 §3.2).
_SHORTEST_KEY = 32


class Settings(BaseSettings):
    """What an operator decides, read from the environment and from ``.env``.

    Names in the environment are the field names in capitals (``DATA_DIR``). An empty value counts
    as not set, so that a compose file may pass every name on.
    """

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    environment: Literal["development", "production"] = "development"
    data_dir: Path = Path("var")
    database_url: str | None = None
    meili_url: str | None = None
    meili_api_key: SecretStr | None = None
    search_timeout_seconds: float = Field(default=1.5, gt=0, le=10)
    s3_endpoint: str | None = None
    s3_access_key: SecretStr | None = None
    s3_secret_key: SecretStr | None = None
    s3_bucket: str | None = None
    s3_public_url: str | None = None
    secret_key: SecretStr | None = None
    time_zone: str = "Asia/Shanghai"
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    operation_timeout_seconds: float = 10.0
    live_check_seconds: float = 2.0
    connections_per_member: int = 20
    connections_per_address: int = 1000
    persisted_operations: Path | None = None
    trusted_documents: bool = False
    public_url: str = "http://127.0.0.1:8000"
    content_url: str | None = None
    study_speed: float = Field(default=1.0, ge=1, le=2)
    study_completion: float = Field(default=0.9, gt=0, le=1)
    second_person_publishes: bool = True
    page_cache_seconds: float = Field(default=1.0, ge=0, le=10)
    second_person_points: int = Field(default=100, ge=0)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"no time zone is called {name!r}") from None
        return name

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value()) < _SHORTEST_KEY:
            raise ValueError(f"needs {_SHORTEST_KEY} characters or more")
        return key

    @field_validator("public_url")
    @classmethod
    def _absolute(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return url.rstrip("/")

    @field_validator("content_url")
    @classmethod
    def _names_the_content(cls, pattern: str | None) -> str | None:
        if pattern is not None and "{id}" not in pattern:
            raise ValueError("needs {id} where the content's id goes")
        return pattern

    @property
    def production(self) -> bool:
        """Whether developers' comforts (explorer, suggestions) are off."""
        return self.environment == "production"

    @property
    def zone(self) -> ZoneInfo:
        """The group's time zone: "today" of points, dates of regulations."""
        return ZoneInfo(self.time_zone)

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy URL in use: ``DATABASE_URL``, else the SQLite file under ``DATA_DIR``."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.data_dir.resolve() / 'dangjian.sqlite3'}"
        scheme, _, rest = self.database_url.partition("://")
        if scheme in {"postgres", "postgresql", "postgresql+asyncpg"}:
            return f"postgresql+asyncpg://{rest}"
        if scheme in {"sqlite", "sqlite+aiosqlite"}:
            return f"sqlite+aiosqlite://{rest}"
        raise ValueError("DATABASE_URL must start with sqlite:// or postgresql://")

    @cached_property
    def signing_key(self) -> bytes:
        """What signs tokens and links: ``SECRET_KEY``, else one made once and kept in ``DATA_DIR``.

        A made-up key serves one machine; several must share ``SECRET_KEY``.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        path = self.data_dir / "secret.key"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text().encode()
