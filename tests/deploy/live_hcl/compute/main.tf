variable "environment" {}
variable "project" {}
variable "vpc_id" {}
variable "public_subnet_ids" {}
variable "private_subnet_ids" {}
variable "security_group_ids" {}
variable "database" {}
variable "exec" {}
variable "exec_addresses" {}
variable "certificate_arn" {}
variable "access_logs_bucket" {}

locals {
  prefix = "${var.environment}-${var.project}"
  tags   = { Module = "compute" }
}

resource "aws_ecs_cluster" "main" {
  name = "${local.prefix}-cluster"
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
  tags = merge(local.tags, { Name = "${local.prefix}-ecs-cluster" })
}

resource "aws_ecs_cluster_capacity_providers" "main" {
  cluster_name       = aws_ecs_cluster.main.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 1
    base              = 1
  }
}

output "cluster_arn" {
  value = aws_ecs_cluster.main.arn
}
