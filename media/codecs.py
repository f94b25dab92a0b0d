"""What players are told of the codecs of our own MP4s (RFC 6381), read from the file itself."""

from pathlib import Path

#: The encoder's settings come before all tables of frames, in what `faststart` moved to the front.
_HEAD = 64 * 1024
_AAC_LC = "mp4a.40.2"


def codecs(encoded: Path, *, has_sound: bool) -> str:
    """Such as ``avc1.4d401e,mp4a.40.2``: H.264 with profile, constraints and level, and AAC."""
    with encoded.open("rb") as file:
        head = file.read(_HEAD)
    # AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3): version, then these three bytes.
    start = head.index(b"avcC") + 5
    video = f"avc1.{head[start : start + 3].hex()}"
    return f"{video},{_AAC_LC}" if has_sound else video
