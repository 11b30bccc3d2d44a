resource "aws_cloudwatch_metric_alarm" "high_cpu" {
  alarm_name          = "${var.prefix}-db-high-cpu"
  alarm_description   = "Database CPU is above 80 percent"
  namespace           = "AWS/RDS"
  metric_name         = "CPUUtilization"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.main.id }
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 80
  period              = 300
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  tags                = { Name = "${var.prefix}-db-high-cpu" }
}

resource "aws_cloudwatch_metric_alarm" "high_connections" {
  alarm_name          = "${var.prefix}-db-high-connections"
  alarm_description   = "Database connections are above 80 percent of the maximum"
  namespace           = "AWS/RDS"
  metric_name         = "DatabaseConnections"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.main.id }
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 89
  period              = 300
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  tags                = { Name = "${var.prefix}-db-high-connections" }
}

resource "aws_cloudwatch_metric_alarm" "low_free_storage" {
  alarm_name          = "${var.prefix}-db-low-free-storage"
  alarm_description   = "Free database storage is below 10 percent"
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.main.id }
  statistic           = "Average"
  comparison_operator = "LessThanThreshold"
  threshold           = local.allocated_gib * 1024 * 1024 * 1024 / 10
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  tags                = { Name = "${var.prefix}-db-low-free-storage" }
}

resource "aws_cloudwatch_metric_alarm" "low_freeable_memory" {
  alarm_name          = "${var.prefix}-db-low-freeable-memory"
  alarm_description   = "Freeable database memory is below 512 MiB"
  namespace           = "AWS/RDS"
  metric_name         = "FreeableMemory"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.main.id }
  statistic           = "Average"
  comparison_operator = "LessThanThreshold"
  threshold           = 512 * 1024 * 1024
  period              = 300
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  tags                = { Name = "${var.prefix}-db-low-freeable-memory" }
}
