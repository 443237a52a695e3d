"""Singer tap for Compleet Persy: candidates, jobs and applications."""
