package main

import "evenkeel/runs/report"

var (
	count    = report.Count
	duration = report.Duration
)
