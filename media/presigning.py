"""Presigned S3 addresses for parts (AWS Signature Version 4 in the query), bytes counted.

The ``minio`` client signs the host only; a part's address shall hold for one size as well, so
``content-length`` is signed too, which the store then compares with what comes.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote, urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"


class Signer(NamedTuple):
    """Who signs, and for which region."""

    access_key: str
    secret_key: str
    region: str


def presigned_put(
    signer: Signer, url: str, query: Mapping[str, str], *, size: int, at: datetime, seconds: int
) -> str:
    """Where just ``size`` bytes may be put for so many seconds from ``at`` (UTC).

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    """
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{stamp[:8]}/{signer.region}/s3/aws4_request"
    said = {
        **query,
        "X-Amz-Algorithm": _ALGORITHM,
        "X-Amz-Credential": f"{signer.access_key}/{scope}",
        "X-Amz-Date": stamp,
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": "content-length;host",
    }
    asked = "&".join(f"{_quoted(name)}={_quoted(said[name])}" for name in sorted(said))
    parts = urlsplit(url)
    headers = f"content-length:{size}\nhost:{parts.netloc}\n"
    request = f"PUT\n{parts.path}\n{asked}\n{headers}\ncontent-length;host\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(request.encode()).hexdigest()
    key = f"AWS4{signer.secret_key}".encode()
    for step in (stamp[:8], signer.region, "s3", "aws4_request"):
        key = _keyed(key, step)
    signature = _keyed(key, f"{_ALGORITHM}\n{stamp}\n{scope}\n{digest}").hex()
    return f"{url}?{asked}&X-Amz-Signature={signature}"


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
