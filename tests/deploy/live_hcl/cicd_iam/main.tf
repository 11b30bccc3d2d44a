variable "prefix" {}
variable "repository_arns" {}
variable "service_arns" {}
variable "cluster_arn" {}
variable "passed_role_arns" {}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  region_and_account = "${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}"
}

resource "aws_iam_user" "github_actions" {
  name = "${var.prefix}-github-actions"
  path = "/cicd/"
  tags = {
    Name    = "${var.prefix}-github-actions"
    Purpose = "GitHub Actions CI/CD deployments"
  }
}

resource "aws_iam_policy" "github_actions_deployment" {
  name        = "${var.prefix}-github-actions-deployment"
  path        = "/cicd/"
  description = "Minimal permissions for GitHub Actions to deploy to ECS Fargate"
  tags        = { Name = "${var.prefix}-github-actions-deployment" }
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ECRToken"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Sid    = "ECRImages"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ]
        Resource = var.repository_arns
      },
      {
        Sid      = "TaskDefinitions"
        Effect   = "Allow"
        Action   = ["ecs:RegisterTaskDefinition", "ecs:DescribeTaskDefinition"]
        Resource = "*"
      },
      {
        Sid      = "Services"
        Effect   = "Allow"
        Action   = ["ecs:DescribeServices", "ecs:UpdateService"]
        Resource = var.service_arns
      },
      {
        Sid       = "Tasks"
        Effect    = "Allow"
        Action    = ["ecs:ListTasks", "ecs:DescribeTasks"]
        Resource  = "*"
        Condition = { ArnEquals = { "ecs:cluster" = var.cluster_arn } }
      },
      {
        Sid       = "PassRoles"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = var.passed_role_arns
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:${local.region_and_account}:log-group:/ecs/${var.prefix}/*"
      },
      {
        Sid      = "LoadBalancers"
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetGroups"]
        Resource = "*"
      },
    ]
  })
}

resource "aws_iam_user_policy_attachment" "github_actions_deployment" {
  user       = aws_iam_user.github_actions.name
  policy_arn = aws_iam_policy.github_actions_deployment.arn
}
