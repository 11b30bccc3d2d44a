resource "aws_cloudwatch_log_group" "backend" {
  name              = "/ecs/${local.prefix}/backend"
  retention_in_days = 7
  tags = merge(local.tags, {
    Name        = "${local.prefix}-backend-logs"
    Application = "backend"
  })
}

resource "aws_ecs_task_definition" "backend" {
  family                   = "${local.prefix}-backend"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.task_execution.arn
  task_role_arn            = aws_iam_role.backend_task.arn
  container_definitions = jsonencode([{
    name         = "backend"
    image        = "${aws_ecr_repository.backend.repository_url}:1.0.0"
    essential    = true
    portMappings = [{ containerPort = 3001, protocol = "tcp" }]
    environment = [
      { name = "NODE_ENV", value = "production" },
      { name = "APP_ENV", value = var.environment },
      { name = "DB_HOST", value = var.database.address },
      { name = "DB_PORT", value = tostring(var.database.port) },
      { name = "DB_NAME", value = var.database.name },
    ]
    secrets = [
      { name = "DB_PASSWORD", valueFrom = "${var.database.secret_arn}:password::" },
      { name = "DB_USERNAME", valueFrom = "${var.database.secret_arn}:username::" },
    ]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.backend.name
        awslogs-region        = "us-east-1"
        awslogs-stream-prefix = "backend"
      }
    }
    healthCheck = {
      command     = ["CMD-SHELL", "node -e \"require('http').get('http://localhost:3001/api/health', r => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))\""]
      interval    = 30
      timeout     = 5
      retries     = 3
      startPeriod = 60
    }
  }])
  tags = merge(local.tags, {
    Name        = "${local.prefix}-backend-task"
    Application = "backend"
  })
}

resource "aws_ecs_service" "backend" {
  name                              = "${local.prefix}-backend"
  cluster                           = aws_ecs_cluster.main.id
  task_definition                   = aws_ecs_task_definition.backend.arn
  desired_count                     = 2
  launch_type                       = "FARGATE"
  health_check_grace_period_seconds = 60
  enable_execute_command            = contains(var.exec, "backend")
  tags = merge(local.tags, {
    Name        = "${local.prefix}-backend-service"
    Application = "backend"
  })
  network_configuration {
    subnets          = var.private_subnet_ids
    security_groups  = [var.security_group_ids.backend]
    assign_public_ip = false
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.backend.arn
    container_name   = "backend"
    container_port   = 3001
  }
  lifecycle {
    ignore_changes = [task_definition]
  }
  depends_on = [
    aws_lb_listener.http,
    aws_lb_listener.https,
    aws_iam_role_policy_attachment.ecs_exec,
    aws_iam_role_policy_attachment.backend_ecs_exec,
  ]
}

resource "aws_cloudwatch_log_group" "frontend" {
  name              = "/ecs/${local.prefix}/frontend"
  retention_in_days = 7
  tags = merge(local.tags, {
    Name        = "${local.prefix}-frontend-logs"
    Application = "frontend"
  })
}

resource "aws_ecs_task_definition" "frontend" {
  family                   = "${local.prefix}-frontend"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.task_execution.arn
  task_role_arn            = aws_iam_role.frontend_task.arn
  container_definitions = jsonencode([{
    name         = "frontend"
    image        = "${aws_ecr_repository.frontend.repository_url}:1.0.0"
    essential    = true
    portMappings = [{ containerPort = 3000, protocol = "tcp" }]
    environment = [
      { name = "NODE_ENV", value = var.environment },
      { name = "APP_ENV", value = var.environment },
      { name = "BACKEND_URL", value = "http://${aws_lb.main.dns_name}/api" },
    ]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.frontend.name
        awslogs-region        = "us-east-1"
        awslogs-stream-prefix = "frontend"
      }
    }
    healthCheck = {
      command     = ["CMD-SHELL", "node -e \"require('http').get('http://localhost:3000/health', r => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))\""]
      interval    = 30
      timeout     = 5
      retries     = 3
      startPeriod = 60
    }
  }])
  tags = merge(local.tags, {
    Name        = "${local.prefix}-frontend-task"
    Application = "frontend"
  })
}

resource "aws_ecs_service" "frontend" {
  name                              = "${local.prefix}-frontend"
  cluster                           = aws_ecs_cluster.main.id
  task_definition                   = aws_ecs_task_definition.frontend.arn
  desired_count                     = 2
  launch_type                       = "FARGATE"
  health_check_grace_period_seconds = 60
  enable_execute_command            = contains(var.exec, "frontend")
  tags = merge(local.tags, {
    Name        = "${local.prefix}-frontend-service"
    Application = "frontend"
  })
  network_configuration {
    subnets          = var.private_subnet_ids
    security_groups  = [var.security_group_ids.frontend]
    assign_public_ip = false
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.frontend.arn
    container_name   = "frontend"
    container_port   = 3000
  }
  lifecycle {
    ignore_changes = [task_definition]
  }
  depends_on = [
    aws_lb_listener.http,
    aws_lb_listener.https,
    aws_iam_role_policy_attachment.ecs_exec,
    aws_iam_role_policy_attachment.frontend_ecs_exec,
  ]
}

output "service_arns" {
  value = [aws_ecs_service.backend.id, aws_ecs_service.frontend.id]
}
