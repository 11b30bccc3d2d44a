"""ECS Exec without the AWS CLI and without a plugin: sessions in the containers of a service."""
