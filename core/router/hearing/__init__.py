"""What stored entries lead to: words and presses of drivers and coordinators, jobs, reports."""
