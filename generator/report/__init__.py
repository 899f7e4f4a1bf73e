"""How problems and results are shown. Nothing else in the package prints."""
