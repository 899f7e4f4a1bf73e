"""Opens a review's page in a real browser and does what a reviewer does; prints what was seen as JSON.

Runs in an environment of its own, which has Playwright (`make browser`). The browser is Debian's Chromium.

    python -m tests.browser.look PAGE SCREENSHOTS
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"


def look(page: Page, screenshots: Path) -> dict[str, Any]:
    """What the page shows at first, and after each thing that a reviewer does."""
    cards = page.locator("details")
    seen: dict[str, Any] = {
        "title": page.title(),
        "status": page.locator("#status").inner_text(),
        "cards": cards.count(),
        "more": page.locator("#more").is_visible(),
        "picture": page.locator("#picture svg text").all_text_contents(),
    }
    page.keyboard.press("j")
    seen["focused"] = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_selector("details[open] ul")
    seen["open"] = page.locator("details[open]").inner_text()
    seen["rows"] = page.locator("details[open] tr").count()
    seen["sources"] = page.locator("details[open] .source").all_inner_texts()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.screenshot(path=screenshots / f"review-{theme}.png")
    page.keyboard.press("/")
    page.keyboard.type("service")
    seen["searched"] = page.locator("#status").inner_text()
    page.keyboard.press("Escape")
    seen["cleared"] = page.locator("#status").inner_text()
    chip = page.locator("input[type=checkbox]").first
    chip.uncheck()
    seen["without first impact"] = page.locator("#status").inner_text()
    chip.check()
    page.locator("#environment").fill("azure")
    seen["azure"] = page.locator("#status").inner_text()
    return seen


def _outside(url: str) -> list[str]:
    """A request that leaves the page."""
    return [] if url.startswith(("file:", "data:")) else [f"request: {url}"]


def main(path: str, screenshots: str) -> None:
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 800})
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("request", lambda request: said.extend(_outside(request.url)))
        page.goto(Path(path).resolve().as_uri())
        seen = look(page, Path(screenshots))
        browser.close()
    json.dump({**seen, "said": said}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
