"""What a person sees: one script a page, and `ui/` for what pages share."""

# Every page: its script and address, its title and its icon. The first is the one that Supine opens with.
PAGES = {
    "review": ("Review", ":material/fact_check:"),
    "cohort": ("Cohort", ":material/groups:"),
    "patient": ("Patient", ":material/person:"),
    "imports": ("Imports", ":material/upload_file:"),
    "programme": ("Programme", ":material/self_improvement:"),
}
