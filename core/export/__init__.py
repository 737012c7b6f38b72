"""What is taken away: tables, folders, a ZIP, a report."""
