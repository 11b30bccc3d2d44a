"""The report as JUnit's XML, which CI systems show."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from environments import Environment
from operations.verification.findings import Result, Status, failed

# XML 1.0 has no way to write these, and a container may print any. https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(file: Path, environment: Environment, results: Sequence[Result], *, strict: bool = False) -> None:
    """Write a suite with a case per check; a warning is a case that passed and says something, unless ``strict``.

    https://github.com/testmoapp/junitxml
    """
    suite = ET.Element(
        "testsuite",
        name=f"verification.{environment.name}",
        tests=str(len(results)),
        failures=str(sum(failed(result.status, strict=strict) for result in results)),
        skipped=str(0 if strict else sum(result.status is Status.SKIP for result in results)),
        errors=str(sum(result.status is Status.ERROR for result in results)),
        time=f"{max((result.seconds for result in results), default=0):.3f}",
    )
    for result in results:
        _add_case(suite, f"verification.{environment.name}", result, strict=strict)
    ET.ElementTree(suite).write(file, encoding="utf-8", xml_declaration=True)


def _add_case(suite: ET.Element, name: str, result: Result, *, strict: bool) -> None:
    case = ET.SubElement(suite, "testcase", classname=name, name=result.check, time=f"{result.seconds:.3f}")
    text = _NO_XML.sub("?", "\n".join(_lines(result)))
    first = text.partition("\n")[0]
    if result.status is Status.ERROR:
        ET.SubElement(case, "error", message=first).text = text
    elif failed(result.status, strict=strict):
        ET.SubElement(case, "failure", message=first).text = text
    elif result.status is Status.SKIP:
        ET.SubElement(case, "skipped", message=text.replace("\n", "; "))
    else:
        ET.SubElement(case, "system-out").text = "\n".join([_NO_XML.sub("?", result.seen.summary), text])


def _lines(result: Result) -> list[str]:
    findings = sorted(result.seen.findings, key=lambda finding: finding.status is not result.status)
    return [f"{finding.reason}{f'; {finding.remedy}' if finding.remedy else ''}" for finding in findings]
