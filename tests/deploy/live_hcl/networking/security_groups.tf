resource "aws_security_group" "alb" {
  name_prefix = "${var.prefix}-alb-sg-"
  description = "Security group for Application Load Balancer - allows HTTP/HTTPS from internet"
  vpc_id      = aws_vpc.main.id
  tags = {
    Name = "${var.prefix}-alb-sg"
    Tier = "public"
  }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [ingress, egress]
  }
}

resource "aws_security_group" "app_frontend" {
  name_prefix = "${var.prefix}-app-frontend-sg-"
  description = "Security group for frontend containers - allows traffic from ALB only"
  vpc_id      = aws_vpc.main.id
  tags = {
    Name = "${var.prefix}-app-frontend-sg"
    Tier = "private-app"
  }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [ingress, egress]
  }
}

resource "aws_security_group" "app_backend" {
  name_prefix = "${var.prefix}-app-backend-sg-"
  description = "Security group for backend containers - allows traffic from ALB and frontend"
  vpc_id      = aws_vpc.main.id
  tags = {
    Name = "${var.prefix}-app-backend-sg"
    Tier = "private-app"
  }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [ingress, egress]
  }
}

resource "aws_security_group" "database" {
  name_prefix = "${var.prefix}-database-sg-"
  description = "Security group for RDS PostgreSQL database - allows traffic from backend only"
  vpc_id      = aws_vpc.main.id
  tags = {
    Name = "${var.prefix}-database-sg"
    Tier = "private-db"
  }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [ingress, egress]
  }
}

resource "aws_security_group" "prometheus" {
  name_prefix = "${var.prefix}-prometheus-sg-"
  description = "Security group for Prometheus metrics collection - allows access to application metrics endpoints"
  vpc_id      = aws_vpc.main.id
  tags = {
    Name = "${var.prefix}-prometheus-sg"
    Tier = "observability"
  }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [ingress, egress]
  }
}

resource "aws_vpc_security_group_ingress_rule" "alb_http" {
  security_group_id = aws_security_group.alb.id
  description       = "Allow HTTP from anywhere"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_ipv4         = "0.0.0.0/0"
  tags              = { Name = "${var.prefix}-alb-http-ingress" }
}

resource "aws_vpc_security_group_ingress_rule" "alb_https" {
  security_group_id = aws_security_group.alb.id
  description       = "Allow HTTPS from anywhere"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
  tags              = { Name = "${var.prefix}-alb-https-ingress" }
}

resource "aws_vpc_security_group_egress_rule" "alb_to_frontend" {
  security_group_id            = aws_security_group.alb.id
  description                  = "Allow traffic to frontend containers"
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
  referenced_security_group_id = aws_security_group.app_frontend.id
  tags                         = { Name = "${var.prefix}-alb-to-frontend-egress" }
}

resource "aws_vpc_security_group_egress_rule" "alb_to_backend" {
  security_group_id            = aws_security_group.alb.id
  description                  = "Allow traffic to backend containers"
  ip_protocol                  = "tcp"
  from_port                    = 3001
  to_port                      = 3001
  referenced_security_group_id = aws_security_group.app_backend.id
  tags                         = { Name = "${var.prefix}-alb-to-backend-egress" }
}

resource "aws_vpc_security_group_ingress_rule" "frontend_from_alb" {
  security_group_id            = aws_security_group.app_frontend.id
  description                  = "Allow traffic from ALB"
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
  referenced_security_group_id = aws_security_group.alb.id
  tags                         = { Name = "${var.prefix}-frontend-from-alb-ingress" }
}

resource "aws_vpc_security_group_egress_rule" "frontend_to_backend" {
  security_group_id            = aws_security_group.app_frontend.id
  description                  = "Allow traffic to backend containers"
  ip_protocol                  = "tcp"
  from_port                    = 3001
  to_port                      = 3001
  referenced_security_group_id = aws_security_group.app_backend.id
  tags                         = { Name = "${var.prefix}-frontend-to-backend-egress" }
}

resource "aws_vpc_security_group_egress_rule" "frontend_to_internet" {
  security_group_id = aws_security_group.app_frontend.id
  description       = "Allow HTTPS to internet"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
  tags              = { Name = "${var.prefix}-frontend-to-internet-egress" }
}

resource "aws_vpc_security_group_ingress_rule" "backend_from_alb" {
  security_group_id            = aws_security_group.app_backend.id
  description                  = "Allow traffic from ALB"
  ip_protocol                  = "tcp"
  from_port                    = 3001
  to_port                      = 3001
  referenced_security_group_id = aws_security_group.alb.id
  tags                         = { Name = "${var.prefix}-backend-from-alb-ingress" }
}

resource "aws_vpc_security_group_ingress_rule" "backend_from_frontend" {
  security_group_id            = aws_security_group.app_backend.id
  description                  = "Allow traffic from frontend containers"
  ip_protocol                  = "tcp"
  from_port                    = 3001
  to_port                      = 3001
  referenced_security_group_id = aws_security_group.app_frontend.id
  tags                         = { Name = "${var.prefix}-backend-from-frontend-ingress" }
}

resource "aws_vpc_security_group_egress_rule" "backend_to_database" {
  security_group_id            = aws_security_group.app_backend.id
  description                  = "Allow PostgreSQL to database"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.database.id
  tags                         = { Name = "${var.prefix}-backend-to-database-egress" }
}

resource "aws_vpc_security_group_egress_rule" "backend_to_internet" {
  security_group_id = aws_security_group.app_backend.id
  description       = "Allow HTTPS to internet"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
  tags              = { Name = "${var.prefix}-backend-to-internet-egress" }
}

resource "aws_vpc_security_group_ingress_rule" "database_from_backend" {
  security_group_id            = aws_security_group.database.id
  description                  = "Allow PostgreSQL from backend containers"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.app_backend.id
  tags                         = { Name = "${var.prefix}-database-from-backend-ingress" }
}

resource "aws_vpc_security_group_egress_rule" "prometheus_to_backend" {
  security_group_id            = aws_security_group.prometheus.id
  description                  = "Allow scraping of backend metrics"
  ip_protocol                  = "tcp"
  from_port                    = 3001
  to_port                      = 3001
  referenced_security_group_id = aws_security_group.app_backend.id
  tags                         = { Name = "${var.prefix}-prometheus-to-backend-egress" }
}

resource "aws_vpc_security_group_egress_rule" "prometheus_to_frontend" {
  security_group_id            = aws_security_group.prometheus.id
  description                  = "Allow scraping of frontend metrics"
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
  referenced_security_group_id = aws_security_group.app_frontend.id
  tags                         = { Name = "${var.prefix}-prometheus-to-frontend-egress" }
}

resource "aws_vpc_security_group_egress_rule" "prometheus_to_internet" {
  security_group_id = aws_security_group.prometheus.id
  description       = "Allow HTTPS to internet"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
  tags              = { Name = "${var.prefix}-prometheus-to-internet-egress" }
}

output "security_group_ids" {
  value = {
    alb        = aws_security_group.alb.id
    frontend   = aws_security_group.app_frontend.id
    backend    = aws_security_group.app_backend.id
    database   = aws_security_group.database.id
    prometheus = aws_security_group.prometheus.id
  }
}
