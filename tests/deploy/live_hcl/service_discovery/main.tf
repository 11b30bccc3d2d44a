variable "prefix" {}
variable "environment" {}
variable "vpc_id" {}

resource "aws_service_discovery_private_dns_namespace" "main" {
  name        = "davidshaevel.local"
  description = "Private DNS namespace for ${var.environment} environment service discovery"
  vpc         = var.vpc_id
  tags = {
    Name   = "${var.prefix}-private-dns-namespace"
    Module = "service-discovery"
  }
}

resource "aws_service_discovery_service" "app_service" {
  for_each    = toset(["backend", "frontend", "prometheus"])
  name        = each.key
  description = "Service discovery for ${each.key} application in ${var.environment}"
  dns_config {
    namespace_id   = aws_service_discovery_private_dns_namespace.main.id
    routing_policy = "MULTIVALUE"
    dns_records {
      type = "A"
      ttl  = 10
    }
    dns_records {
      type = "SRV"
      ttl  = 10
    }
  }
  tags = {
    Name        = "${var.prefix}-${each.key}-service-discovery"
    Application = each.key
    Module      = "service-discovery"
  }
}

output "namespace" {
  value = aws_service_discovery_private_dns_namespace.main.name
}

output "registry_arns" {
  value = { for name, service in aws_service_discovery_service.app_service : name => service.arn }
}
