terraform {
  backend "local" {}
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "environment" {
  default = "dev"
}

variable "project" {
  default = "davidshaevel"
}

variable "exec" {
  type    = set(string)
  default = []
}

variable "exec_addresses" {
  default = "for_each"
  validation {
    condition     = contains(["for_each", "count"], var.exec_addresses)
    error_message = "exec_addresses is for_each or count."
  }
}

variable "nat" {
  default = "per_zone"
  validation {
    condition     = contains(["none", "single", "per_zone"], var.nat)
    error_message = "nat is none, single or per_zone."
  }
}

variable "flow_logs" {
  default = true
}

variable "certificate_arn" {
  type    = string
  default = null
}

variable "access_logs_bucket" {
  type    = string
  default = null
}

variable "parameter_group" {
  default = false
}

locals {
  prefix = "${var.environment}-${var.project}"
  domain = "davidshaevel.com"
  tags = {
    Project     = var.project
    Environment = var.environment
    ManagedBy   = "Terraform"
    Repository  = "davidshaevel-platform"
    Owner       = "David Shaevel"
    CostCenter  = "Engineering"
    Terraform   = "true"
  }
  prometheus_config = templatefile("${path.module}/prometheus.yml.tftpl", {
    environment = var.environment
    project     = var.project
    prefix      = local.prefix
    namespace   = module.service_discovery.namespace
  })
}

provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
  default_tags {
    tags = local.tags
  }
}

module "networking" {
  source    = "./networking"
  prefix    = local.prefix
  nat       = var.nat
  flow_logs = var.flow_logs
}

module "database" {
  source            = "./database"
  prefix            = "${var.project}-${var.environment}"
  database_name     = var.project
  subnet_ids        = module.networking.private_db_subnet_ids
  security_group_id = module.networking.security_group_ids.database
  parameter_group   = var.parameter_group
}

module "compute" {
  source             = "./compute"
  environment        = var.environment
  project            = var.project
  vpc_id             = module.networking.vpc_id
  public_subnet_ids  = module.networking.public_subnet_ids
  private_subnet_ids = module.networking.private_app_subnet_ids
  security_group_ids = module.networking.security_group_ids
  database           = module.database
  exec               = var.exec
  exec_addresses     = var.exec_addresses
  certificate_arn    = var.certificate_arn
  access_logs_bucket = var.access_logs_bucket
}

module "cdn" {
  source = "./cdn"
  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }
  environment  = var.environment
  project      = var.project
  domain       = local.domain
  alb_dns_name = module.compute.alb_dns_name
}

module "cicd_iam" {
  source           = "./cicd_iam"
  prefix           = local.prefix
  repository_arns  = module.compute.repository_arns
  service_arns     = module.compute.service_arns
  cluster_arn      = module.compute.cluster_arn
  passed_role_arns = module.compute.role_arns
}

module "service_discovery" {
  source      = "./service_discovery"
  prefix      = local.prefix
  environment = var.environment
  vpc_id      = module.networking.vpc_id
}

module "observability" {
  source            = "./observability"
  prefix            = local.prefix
  vpc_id            = module.networking.vpc_id
  subnet_ids        = module.networking.private_app_subnet_ids
  security_group_id = module.networking.security_group_ids.prometheus
  cluster_arn       = module.compute.cluster_arn
  registry_arn      = module.service_discovery.registry_arns["prometheus"]
  exec              = contains(var.exec, "prometheus")
}

resource "aws_s3_object" "prometheus_config" {
  bucket       = module.observability.config_bucket
  key          = "observability/prometheus/prometheus.yml"
  content      = local.prometheus_config
  content_type = "application/x-yaml"
  etag         = md5(local.prometheus_config)
  tags = {
    Name        = "prometheus-config"
    Application = "prometheus"
    Purpose     = "Prometheus scrape configuration"
    Repository  = "davidshaevel-platform"
  }
}
