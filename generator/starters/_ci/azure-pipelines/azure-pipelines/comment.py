"""Writes a file as a comment on the pull request of a pipeline of Azure DevOps, or writes it again.

REST API: https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

MARKER = "<!-- gen review -->"  # `gen review --format markdown` begins with it


def threads() -> str:
    """The address of the pull request's threads."""
    names = (
        "SYSTEM_COLLECTIONURI",
        "SYSTEM_TEAMPROJECTID",
        "BUILD_REPOSITORY_ID",
        "SYSTEM_PULLREQUEST_PULLREQUESTID",
    )
    host, project, repository, number = (os.environ[name] for name in names)
    return f"{host}{project}/_apis/git/repositories/{repository}/pullRequests/{number}/threads"


def ask(method: str, address: str, body: Any = None) -> Any:
    """What the server answers. Raises `urllib.error.HTTPError` where it refuses."""
    headers = {
        "Authorization": f"Bearer {os.environ['SYSTEM_ACCESSTOKEN']}",
        "Content-Type": "application/json",
    }
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{address}?api-version=7.1", data, headers, method=method)) as answer:
        return json.load(answer)


def write(text: str) -> None:
    """Replace the comment of an earlier run, or begin a thread."""
    for thread in ask("GET", threads())["value"]:
        for comment in thread["comments"]:
            if str(comment.get("content", "")).startswith(MARKER):
                ask("PATCH", f"{threads()}/{thread['id']}/comments/{comment['id']}", {"content": text})
                return
    ask(
        "POST",
        threads(),
        {"comments": [{"parentCommentId": 0, "content": text, "commentType": 1}], "status": 1},
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]).read_text(encoding="utf-8"))
