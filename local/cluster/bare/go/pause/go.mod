module spark-platform/local/pause

go 1.24.0
