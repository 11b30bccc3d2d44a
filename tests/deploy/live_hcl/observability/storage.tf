resource "aws_s3_bucket" "prometheus_config" {
  bucket = "${var.prefix}-prometheus-config"
  tags = merge(local.tags, {
    Name    = "${var.prefix}-prometheus-config"
    Purpose = "Prometheus configuration storage"
  })
}

resource "aws_s3_bucket_versioning" "prometheus_config" {
  count  = 1
  bucket = aws_s3_bucket.prometheus_config.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "prometheus_config" {
  bucket = aws_s3_bucket.prometheus_config.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "prometheus_config" {
  bucket                  = aws_s3_bucket.prometheus_config.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "prometheus_config" {
  count  = 1
  bucket = aws_s3_bucket.prometheus_config.id
  rule {
    id     = "expire-old-versions"
    status = "Enabled"
    noncurrent_version_expiration {
      noncurrent_days = 90
    }
  }
  depends_on = [aws_s3_bucket_versioning.prometheus_config]
}

resource "aws_efs_file_system" "prometheus" {
  count            = 1
  encrypted        = true
  performance_mode = "generalPurpose"
  throughput_mode  = "bursting"
  lifecycle_policy {
    transition_to_ia = "AFTER_14_DAYS"
  }
  lifecycle_policy {
    transition_to_primary_storage_class = "AFTER_1_ACCESS"
  }
  tags = merge(local.tags, {
    Name    = "${var.prefix}-prometheus-data"
    Purpose = "Prometheus TSDB data persistence"
  })
}

resource "aws_efs_mount_target" "prometheus" {
  count           = length(var.subnet_ids)
  file_system_id  = aws_efs_file_system.prometheus[0].id
  subnet_id       = var.subnet_ids[count.index]
  security_groups = [aws_security_group.efs[0].id]
}

resource "aws_security_group" "efs" {
  count       = 1
  name_prefix = "${var.prefix}-efs-"
  description = "Security group for Prometheus EFS mount targets"
  vpc_id      = var.vpc_id
  tags        = merge(local.tags, { Name = "${var.prefix}-efs-sg" })
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [ingress, egress]
  }
}

resource "aws_vpc_security_group_ingress_rule" "efs_nfs_from_prometheus" {
  count                        = 1
  security_group_id            = aws_security_group.efs[0].id
  description                  = "Allow NFS from Prometheus"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
  referenced_security_group_id = var.security_group_id
  tags                         = merge(local.tags, { Name = "efs-nfs-from-prometheus" })
}

resource "aws_vpc_security_group_egress_rule" "prometheus_to_efs" {
  count                        = 1
  security_group_id            = var.security_group_id
  description                  = "Allow NFS to EFS"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
  referenced_security_group_id = aws_security_group.efs[0].id
  tags                         = merge(local.tags, { Name = "prometheus-to-efs-nfs" })
}

output "config_bucket" {
  value = aws_s3_bucket.prometheus_config.id
}
