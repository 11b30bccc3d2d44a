variable "prefix" {}
variable "vpc_id" {}
variable "subnet_ids" {}
variable "security_group_id" {}
variable "cluster_arn" {}
variable "registry_arn" {}
variable "exec" {}

locals {
  tags = { Module = "observability" }
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role" "prometheus_task_execution" {
  count              = 1
  name_prefix        = "${var.prefix}-prometheus-exec-"
  assume_role_policy = local.assume_role_policy
  tags               = merge(local.tags, { Name = "${var.prefix}-prometheus-execution-role" })
}

resource "aws_iam_role_policy_attachment" "prometheus_task_execution" {
  count      = 1
  role       = aws_iam_role.prometheus_task_execution[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role" "prometheus_task" {
  count              = 1
  name_prefix        = "${var.prefix}-prometheus-task-"
  assume_role_policy = local.assume_role_policy
  tags               = merge(local.tags, { Name = "${var.prefix}-prometheus-task-role" })
}

resource "aws_iam_policy" "prometheus_s3_config_access" {
  name_prefix = "${var.prefix}-prometheus-s3-config-"
  description = "Allow Prometheus ECS tasks to read configuration from S3"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "AllowPrometheusConfigRead"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource = "${aws_s3_bucket.prometheus_config.arn}/*"
      },
      {
        Sid      = "AllowBucketList"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = aws_s3_bucket.prometheus_config.arn
      },
    ]
  })
  tags = merge(local.tags, { Name = "${var.prefix}-prometheus-s3-config-policy" })
}

resource "aws_iam_role_policy_attachment" "prometheus_s3_config" {
  count      = 1
  role       = aws_iam_role.prometheus_task[0].name
  policy_arn = aws_iam_policy.prometheus_s3_config_access.arn
}

resource "aws_iam_role_policy_attachment" "prometheus_ecs_exec" {
  count      = var.exec ? 1 : 0
  role       = aws_iam_role.prometheus_task[0].name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_cloudwatch_log_group" "prometheus" {
  count             = 1
  name              = "/ecs/${var.prefix}/prometheus"
  retention_in_days = 7
  tags = merge(local.tags, {
    Name        = "${var.prefix}-prometheus-logs"
    Application = "prometheus"
  })
}

resource "aws_ecs_task_definition" "prometheus" {
  count                    = 1
  family                   = "${var.prefix}-prometheus"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  execution_role_arn       = aws_iam_role.prometheus_task_execution[0].arn
  task_role_arn            = aws_iam_role.prometheus_task[0].arn
  tags                     = merge(local.tags, { Name = "${var.prefix}-prometheus-task" })
  volume {
    name = "prometheus-data"
    efs_volume_configuration {
      file_system_id     = aws_efs_file_system.prometheus[0].id
      transit_encryption = "ENABLED"
    }
  }
  container_definitions = jsonencode([
    {
      name       = "init-config-sync"
      image      = "amazon/aws-cli:2.17.9"
      essential  = false
      entryPoint = ["/bin/sh", "-c"]
      command = [join(" && ", [
        "mkdir -p /prometheus/data",
        "aws s3 cp s3://${aws_s3_bucket.prometheus_config.id}/observability/prometheus/prometheus.yml /prometheus/prometheus.yml",
        "chown -R 65534:65534 /prometheus",
      ])]
      mountPoints = [{ sourceVolume = "prometheus-data", containerPath = "/prometheus", readOnly = false }]
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.prometheus[0].name
          awslogs-region        = "us-east-1"
          awslogs-stream-prefix = "init"
        }
      }
    },
    {
      name      = "prometheus"
      image     = "prom/prometheus:v2.45.0"
      essential = true
      user      = "65534"
      dependsOn = [{ containerName = "init-config-sync", condition = "SUCCESS" }]
      command = [
        "--config.file=/prometheus/prometheus.yml",
        "--storage.tsdb.path=/prometheus/data",
        "--storage.tsdb.retention.time=15d",
        "--web.console.libraries=/usr/share/prometheus/console_libraries",
        "--web.console.templates=/usr/share/prometheus/consoles",
        "--web.enable-lifecycle",
      ]
      portMappings = [{ containerPort = 9090, protocol = "tcp" }]
      mountPoints  = [{ sourceVolume = "prometheus-data", containerPath = "/prometheus", readOnly = false }]
      healthCheck = {
        command     = ["CMD-SHELL", "promtool check config /prometheus/prometheus.yml && nc -z 127.0.0.1 9090"]
        interval    = 30
        timeout     = 5
        retries     = 3
        startPeriod = 60
      }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.prometheus[0].name
          awslogs-region        = "us-east-1"
          awslogs-stream-prefix = "prometheus"
        }
      }
    },
  ])
}

resource "aws_ecs_service" "prometheus" {
  count                              = 1
  name                               = "${var.prefix}-prometheus"
  cluster                            = var.cluster_arn
  task_definition                    = aws_ecs_task_definition.prometheus[0].arn
  desired_count                      = 1
  health_check_grace_period_seconds  = 60
  launch_type                        = "FARGATE"
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 200
  enable_execute_command             = var.exec
  tags                               = merge(local.tags, { Name = "${var.prefix}-prometheus-service" })
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [var.security_group_id]
    assign_public_ip = false
  }
  service_registries {
    registry_arn   = var.registry_arn
    container_name = "prometheus"
    container_port = 9090
  }
  depends_on = [
    aws_efs_mount_target.prometheus,
    aws_iam_role_policy_attachment.prometheus_ecs_exec,
  ]
}
