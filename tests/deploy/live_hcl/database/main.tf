variable "prefix" {}
variable "database_name" {}
variable "subnet_ids" {}
variable "security_group_id" {}
variable "parameter_group" {}

locals {
  allocated_gib = 20
}

resource "aws_db_subnet_group" "main" {
  name       = "${var.prefix}-db-subnet-group"
  subnet_ids = var.subnet_ids
  tags       = { Name = "${var.prefix}-db-subnet-group" }
}

resource "aws_db_parameter_group" "main" {
  count  = var.parameter_group ? 1 : 0
  name   = "${var.prefix}-db-parameters"
  family = "postgres15"
  tags   = { Name = "${var.prefix}-db-parameters" }
}

resource "aws_iam_role" "rds_enhanced_monitoring" {
  name = "${var.prefix}-rds-monitoring-role"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
    }]
  })
  tags = { Name = "${var.prefix}-rds-monitoring-role" }
}

resource "aws_iam_role_policy_attachment" "rds_enhanced_monitoring" {
  role       = aws_iam_role.rds_enhanced_monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

resource "aws_db_instance" "main" {
  identifier                            = "${var.prefix}-db"
  engine                                = "postgres"
  engine_version                        = "15.12"
  instance_class                        = "db.t3.micro"
  allocated_storage                     = local.allocated_gib
  max_allocated_storage                 = 100
  storage_type                          = "gp3"
  storage_encrypted                     = true
  db_name                               = var.database_name
  username                              = "dbadmin"
  manage_master_user_password           = true
  port                                  = 5432
  db_subnet_group_name                  = aws_db_subnet_group.main.name
  vpc_security_group_ids                = [var.security_group_id]
  parameter_group_name                  = var.parameter_group ? aws_db_parameter_group.main[0].name : "default.postgres15"
  publicly_accessible                   = false
  multi_az                              = false
  backup_retention_period               = 7
  backup_window                         = "03:00-04:00"
  maintenance_window                    = "sun:04:00-sun:05:00"
  auto_minor_version_upgrade            = true
  copy_tags_to_snapshot                 = true
  deletion_protection                   = false
  skip_final_snapshot                   = true
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]
  performance_insights_enabled          = true
  performance_insights_retention_period = 7
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.rds_enhanced_monitoring.arn
  tags                                  = { Name = "${var.prefix}-db" }

  lifecycle {
    ignore_changes = [final_snapshot_identifier]
  }
  depends_on = [aws_iam_role_policy_attachment.rds_enhanced_monitoring]
}

output "address" {
  value = aws_db_instance.main.address
}

output "port" {
  value = aws_db_instance.main.port
}

output "name" {
  value = aws_db_instance.main.db_name
}

output "secret_arn" {
  value = aws_db_instance.main.master_user_secret[0].secret_arn
}
