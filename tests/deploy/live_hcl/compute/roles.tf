locals {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
  task_roles = {
    backend  = aws_iam_role.backend_task.name
    frontend = aws_iam_role.frontend_task.name
  }
  exec_policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_role" "task_execution" {
  name               = "${local.prefix}-ecs-task-execution-role"
  assume_role_policy = local.assume_role_policy
  tags               = merge(local.tags, { Name = "${local.prefix}-ecs-task-execution-role" })
}

resource "aws_iam_role_policy_attachment" "task_execution" {
  role       = aws_iam_role.task_execution.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role_policy" "task_execution_secrets" {
  name = "${local.prefix}-ecs-task-execution-secrets"
  role = aws_iam_role.task_execution.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = var.database.secret_arn
    }]
  })
}

resource "aws_iam_role" "backend_task" {
  name               = "${local.prefix}-backend-task-role"
  assume_role_policy = local.assume_role_policy
  tags = merge(local.tags, {
    Name        = "${local.prefix}-backend-task-role"
    Application = "backend"
  })
}

resource "aws_iam_role" "frontend_task" {
  name               = "${local.prefix}-frontend-task-role"
  assume_role_policy = local.assume_role_policy
  tags = merge(local.tags, {
    Name        = "${local.prefix}-frontend-task-role"
    Application = "frontend"
  })
}

resource "aws_iam_role_policy_attachment" "ecs_exec" {
  for_each   = { for name, role in local.task_roles : name => role if contains(var.exec, name) && var.exec_addresses == "for_each" }
  role       = each.value
  policy_arn = local.exec_policy_arn
}

resource "aws_iam_role_policy_attachment" "backend_ecs_exec" {
  count      = contains(var.exec, "backend") && var.exec_addresses == "count" ? 1 : 0
  role       = aws_iam_role.backend_task.name
  policy_arn = local.exec_policy_arn
}

resource "aws_iam_role_policy_attachment" "frontend_ecs_exec" {
  count      = contains(var.exec, "frontend") && var.exec_addresses == "count" ? 1 : 0
  role       = aws_iam_role.frontend_task.name
  policy_arn = local.exec_policy_arn
}

output "role_arns" {
  value = [aws_iam_role.task_execution.arn, aws_iam_role.backend_task.arn, aws_iam_role.frontend_task.arn]
}
