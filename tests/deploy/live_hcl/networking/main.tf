variable "prefix" {}
variable "nat" {}
variable "flow_logs" {}

locals {
  zones          = ["us-east-1a", "us-east-1b"]
  nat_gateways   = { none = 0, single = 1, per_zone = length(local.zones) }[var.nat]
  private_tables = var.nat == "none" ? 0 : length(local.zones)
}

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = "${var.prefix}-vpc" }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "${var.prefix}-igw" }
}

resource "aws_subnet" "public" {
  count                   = length(local.zones)
  vpc_id                  = aws_vpc.main.id
  cidr_block              = "10.0.${count.index + 1}.0/24"
  availability_zone       = local.zones[count.index]
  map_public_ip_on_launch = true
  tags = {
    Name = "${var.prefix}-public-subnet-${count.index + 1}"
    Tier = "public"
    AZ   = local.zones[count.index]
  }
}

resource "aws_subnet" "private_app" {
  count             = length(local.zones)
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.${count.index + 11}.0/24"
  availability_zone = local.zones[count.index]
  tags = {
    Name = "${var.prefix}-private-app-subnet-${count.index + 1}"
    Tier = "private-app"
    AZ   = local.zones[count.index]
  }
}

resource "aws_subnet" "private_db" {
  count             = length(local.zones)
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.${count.index + 21}.0/24"
  availability_zone = local.zones[count.index]
  tags = {
    Name = "${var.prefix}-private-db-subnet-${count.index + 1}"
    Tier = "private-db"
    AZ   = local.zones[count.index]
  }
}

resource "aws_eip" "nat" {
  count      = local.nat_gateways
  domain     = "vpc"
  tags       = { Name = "${var.prefix}-nat-eip-${count.index + 1}" }
  depends_on = [aws_internet_gateway.main]
}

resource "aws_nat_gateway" "main" {
  count         = local.nat_gateways
  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.public[count.index].id
  tags = {
    Name = "${var.prefix}-nat-gw-${count.index + 1}"
    AZ   = local.zones[count.index]
  }
  depends_on = [aws_internet_gateway.main]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  tags = {
    Name = "${var.prefix}-public-rt"
    Tier = "public"
  }
}

resource "aws_route" "public_internet_gateway" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id
}

resource "aws_route_table_association" "public" {
  count          = length(local.zones)
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "private" {
  count  = local.private_tables
  vpc_id = aws_vpc.main.id
  tags = {
    Name = "${var.prefix}-private-rt-${count.index + 1}"
    Tier = "private"
    AZ   = local.zones[count.index]
  }
}

resource "aws_route" "private_nat_gateway" {
  count                  = local.private_tables
  route_table_id         = aws_route_table.private[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main[var.nat == "single" ? 0 : count.index].id
}

resource "aws_route_table_association" "private_app" {
  count          = local.private_tables
  subnet_id      = aws_subnet.private_app[count.index].id
  route_table_id = aws_route_table.private[count.index].id
}

resource "aws_route_table_association" "private_db" {
  count          = local.private_tables
  subnet_id      = aws_subnet.private_db[count.index].id
  route_table_id = aws_route_table.private[count.index].id
}

resource "aws_cloudwatch_log_group" "flow_logs" {
  count             = var.flow_logs ? 1 : 0
  name              = "/aws/vpc/${var.prefix}-flow-logs"
  retention_in_days = 7
  tags              = { Name = "${var.prefix}-vpc-flow-logs" }
}

resource "aws_iam_role" "flow_logs" {
  count = var.flow_logs ? 1 : 0
  name  = "${var.prefix}-vpc-flow-logs-role"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
    }]
  })
  tags = { Name = "${var.prefix}-vpc-flow-logs-role" }
}

resource "aws_iam_role_policy" "flow_logs" {
  count = var.flow_logs ? 1 : 0
  name  = "${var.prefix}-vpc-flow-logs-policy"
  role  = aws_iam_role.flow_logs[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
      ]
      Resource = "${aws_cloudwatch_log_group.flow_logs[0].arn}:*"
    }]
  })
}

resource "aws_flow_log" "main" {
  count           = var.flow_logs ? 1 : 0
  vpc_id          = aws_vpc.main.id
  traffic_type    = "ALL"
  iam_role_arn    = aws_iam_role.flow_logs[0].arn
  log_destination = aws_cloudwatch_log_group.flow_logs[0].arn
  tags            = { Name = "${var.prefix}-vpc-flow-logs" }
}

output "vpc_id" {
  value = aws_vpc.main.id
}

output "public_subnet_ids" {
  value = aws_subnet.public[*].id
}

output "private_app_subnet_ids" {
  value = aws_subnet.private_app[*].id
}

output "private_db_subnet_ids" {
  value = aws_subnet.private_db[*].id
}
